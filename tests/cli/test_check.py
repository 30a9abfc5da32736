"""`sergek check`: what is wrong is said before the city runs."""

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from sergek.adapters.sql.engine import open_engine
from sergek.adapters.sql.migrate import upgrade
from sergek.cli.demo import demo_city

CLIP = demo_city().parent.parent / "demo" / "avenue.mp4"


def check(city: Path, *options: str) -> tuple[int, dict[str, dict[str, Any]], str]:
    """Exit code, findings by name, and what the person reads."""
    command = [sys.executable, "-m", "sergek", "check", str(city), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    findings = json.loads(done.stdout)["findings"]
    return done.returncode, {finding["what"]: finding for finding in findings}, done.stderr


def city_file(tmp_path: Path, cameras: dict[str, str], extra: str = "") -> Path:
    path = tmp_path / "city.toml"
    tables = "".join(
        f'[[camera]]\nid = "{key}"\nname = "{key}"\nmain = "{main}"\n'
        for key, main in cameras.items()
    )
    path.write_text(
        f'city = "T"\n[storage]\ndata = "data"\nreserve_mib = 0\n{extra}\n{tables}',
        encoding="utf-8",
    )
    return path


def test_a_sound_city_passes(tmp_path: Path) -> None:
    """Every probe finds what it needs; figures stand beside the sentences; nothing is left."""
    code, found, said = check(city_file(tmp_path, {"abay-1": str(CLIP)}))
    assert code == 0, said
    assert {finding["state"] for finding in found.values()} <= {"good", "warning"}
    assert found["camera abay-1"]["codec"] == "h264"
    assert found["camera abay-1"]["width"] == 1920
    assert found["detector"]["ms_per_picture"] > 0
    assert list((tmp_path / "data").iterdir()) == []


def test_a_sites_cameras_count_at_their_own_rate(tmp_path: Path) -> None:
    """What the detector needs is asked for at each camera's own rate; a site's is higher."""
    site = (CLIP.parent / "avenue.site.toml").read_text(encoding="utf-8")
    extra = "[edge]\nanalysed_fps = 5\nsite_fps = 15\n"
    city = city_file(tmp_path, {"avenue": str(CLIP), "tole-bi-4": str(CLIP)}, extra)
    city.write_text(f"{city.read_text(encoding='utf-8')}\n{site}", encoding="utf-8")
    _, found, said = check(city)
    assert found["detector"]["pictures_per_s"] == 20, said


def test_every_fault_is_found_at_once(tmp_path: Path) -> None:
    """A taken port, a newer database, empty, absent and false clips, a wrong password's address."""
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("this is a letter, not a film")
    engine = open_engine(f"sqlite:///{tmp_path}/newer.db")
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num='9999'"))
    engine.dispose()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        cameras = {
            "absent": "absent.mp4",
            "empty": "empty.mp4",
            "text": "text.mp4",
            "away": f"rtsp://viewer:pw-secret@127.0.0.1:{port}/x",
            "sound": str(CLIP),
        }
        extra = f"database = 'sqlite:///{tmp_path}/newer.db'\n[centre]\nport = {port}"
        code, found, said = check(city_file(tmp_path, cameras, extra))
    assert code == 6
    bad = {what for what, finding in found.items() if finding["state"] == "bad"}
    broken = {f"camera {key}" for key in ("absent", "empty", "text", "away")}
    assert bad == broken | {"pages", "database"}
    assert all(finding["sentence"] for finding in found.values())
    assert "9999" in found["database"]["sentence"]
    assert "pw-secret" not in json.dumps(found) + said


def test_a_wrong_file_is_told_with_its_lines(tmp_path: Path) -> None:
    """Mistakes of the file come first, as JSON and for the person, with exit code 2."""
    path = tmp_path / "city.toml"
    path.write_text('city = "T"\nctiy = 1\n[edge]\nring_ms = 5\n')
    code, found, said = check(path)
    assert code == 2
    assert len(found["config"]["problems"]) == 2
    assert f"{path}:2: ctiy: there is no such key; did you mean city?" in said


@pytest.mark.parametrize(("only", "without"), [("edge", "pages"), ("centre", "detector")])
def test_one_side_alone(tmp_path: Path, only: str, without: str) -> None:
    """`--only` leaves out what the other machine answers for."""
    code, found, said = check(city_file(tmp_path, {"a": str(CLIP)}), "--only", only)
    assert code == 0, said
    assert without not in found
