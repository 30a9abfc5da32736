"""KATO codes: nine digits, parents by their zeros."""

from pathlib import Path

import pytest

from sergek.core.errors import ConfigError, NotFound
from sergek.planning.city.kato import KatoRegister

HEAD = "kato,kato_version,level,type_code,name_ru,name_kk\n"


def test_parents_and_names(tmp_path: Path):
    """A place knows the places around it and is found by either name."""
    path = tmp_path / "kato.csv"
    path.write_text(
        HEAD
        + "310000000,V,oblast,0,Жамбылская область,Жамбыл облысы\n"
        + "311010000,V,district,1,Тараз Г.А.,Тараз қ.ә.\n"
    )
    register = KatoRegister.read(path)
    assert [place.code for place in register.parents("311010000")] == ["310000000"]
    assert [place.code for place in register.find("тараз")] == ["311010000"]
    with pytest.raises(NotFound, match="no code 999999999"):
        register.place("999999999")


def test_faulty_lines_are_listed(tmp_path: Path):
    """Short and repeated codes are named by line."""
    path = tmp_path / "kato.csv"
    path.write_text(
        HEAD + "31,V,oblast,0,a,b\n310000000,V,oblast,0,a,b\n310000000,V,oblast,0,a,b\n"
    )
    with pytest.raises(ConfigError) as caught:
        KatoRegister.read(path)
    assert [fault[:6] for fault in caught.value.problems] == ["line 2", "line 4"]


@pytest.mark.shared
def test_the_classifier_knows_taraz(shared_data: Path):
    """The published classifier reads whole; Taraz lies in Zhambyl region."""
    register = KatoRegister.read(shared_data / "map" / "kato.csv")
    assert len(register.places) == 15594
    assert "Тараз" in register.place("311010000").name_ru
    assert register.parents("311011100")[0].code == "311010000"
    assert "амбыл" in register.parents("311010000")[-1].name_ru
