"""The documentation keeps up with the tree."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_direct_dependency_is_in_the_table() -> None:
    """A package nobody justified in docs/ref/dependencies.md cannot be depended on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    for extra in project["project"].get("optional-dependencies", {}).values():
        wanted += extra
    names = {re.match(r"[\w.-]+", line).group().lower() for line in wanted}  # type: ignore[union-attr]
    rows = re.findall(r"^\| ([\w.-]+) \|", (ROOT / "docs/ref/dependencies.md").read_text(), re.M)
    assert names == {row for row in rows if row != "package"}


def test_links_between_documents_lead_somewhere() -> None:
    """Every relative link in the documentation names a file that exists."""
    broken = []
    for page in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text()):
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} → {target}")
    assert not broken


def test_lock_files_hold_no_addresses() -> None:
    """Locked requirements name versions and hashes, never where to download from."""
    for lock in ROOT.glob("requirements/*.txt"):
        assert not re.search(r"https?:|file:|--index|--find-links", lock.read_text())
