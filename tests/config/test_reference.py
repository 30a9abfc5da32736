"""The reference of the city's file."""

import re
from pathlib import Path

from sergek.config.reference import reference

PAGE = Path(__file__).parents[2] / "docs" / "ref" / "config.md"


def test_every_key_is_documented() -> None:
    """Each table and key of the settings stands in `docs/ref/config.md`."""

    def names(page: str) -> set[str]:
        return set(re.findall(r"^(?:\| `\w+` \||## `.*`)", page, re.MULTILINE))

    missing = names(reference()) - names(PAGE.read_text(encoding="utf-8"))
    assert not missing, "run: python -m sergek.config.reference > docs/ref/config.md"
