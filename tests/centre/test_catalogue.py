"""The three languages."""

import re
import string
from pathlib import Path

import pytest

import sergek.centre
from sergek.centre.catalogue import LANGUAGES, catalogue
from sergek.centre.rights import Role
from sergek.core import errors
from sergek.core.coverage import CoverageState, GapReason
from sergek.core.live import CameraState
from sergek.core.plate import PlateStatus
from sergek.core.vehicle import VehicleClass

ROOM = Path(sergek.centre.__file__).parent


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_key(language: str) -> None:
    """No catalogue lacks a key that another has."""
    assert catalogue(language).names() == catalogue("en").names()  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_blanks_are_filled_in_every_language(language: str) -> None:
    """A text has the same `{names}` in all languages, so that none fails when it is filled in."""

    def blanks(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    here, english = catalogue(language), catalogue("en")  # type: ignore[arg-type]
    wrong = [key for key in english.names() if blanks(here(key)) != blanks(english(key))]
    assert not wrong


def test_every_key_that_a_template_names_exists() -> None:
    """`t("…")` with a whole key never names one that no catalogue has."""
    named = set()
    for page in ROOM.rglob("*.html"):
        text = page.read_text()
        named |= set(re.findall(r"""\bt\(["']([a-z_.]+)["'](?! ?~)""", text))
    assert named
    assert named <= catalogue("en").names()


def test_every_word_of_the_core_has_a_text() -> None:
    """States, reasons, classes, roles and errors can all be said in the catalogues."""
    wanted = {f"state.{state}" for state in [*CameraState, "silent"]}
    wanted |= {f"reason.{reason}" for reason in GapReason}
    wanted |= {f"coverage.{state}" for state in [*CoverageState, "unknown"]}
    wanted |= {f"class.{kind}" for kind in VehicleClass if kind is not VehicleClass.PERSON}
    wanted |= {f"plate.{status}" for status in PlateStatus}
    wanted |= {f"role.{role}" for role in Role}
    wanted |= {f"failure.{name}" for name in errors.__all__}
    assert wanted <= catalogue("en").names()


def test_the_languages_differ() -> None:
    """Kazakh and Russian are translations, not copies of the English file."""
    english = catalogue("en")
    for language in ("kk", "ru"):
        other = catalogue(language)  # type: ignore[arg-type]
        same = [key for key in english.names() if other(key) == english(key)]
        assert all(key.startswith(("language.", "time.")) for key in same), same
