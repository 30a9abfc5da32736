"""A city's file becomes settings, or all its mistakes at once."""

from pathlib import Path

import pytest

from sergek.config.load import load, parse
from sergek.config.settings import Settings
from sergek.core.errors import ConfigError

SOUND = """\
city = "Тараз"
[storage]
passage_days = 30
[edge]
ring_s = 10
[[camera]]
id = "abay-1"
name = "Абай 1"
main = "clips/abay.mp4"
[[camera]]
id = "tole-bi-2"
name = "Төле би 2"
main = "rtsp://viewer:pw-secret@10.0.0.2/main"
"""
CITY = Path("/etc/sergek/taraz.toml")


def settings(text: str, **environment: str) -> Settings:
    return parse(text, CITY, environment)


def problems(text: str, **environment: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        parse(text, CITY, environment)
    return [line.replace(str(CITY) + ":", "") for line in raised.value.problems]


def test_a_sound_file_becomes_settings() -> None:
    """Values are taken, the rest has defaults, and relative paths count from the file's folder."""
    made = settings(SOUND)
    assert made.city == "Тараз"
    assert made.edge.ring_s == 10
    assert made.storage.data == Path("/etc/sergek/data")
    assert [camera.id for camera in made.camera] == ["abay-1", "tole-bi-2"]
    assert made.camera[0].main.secret() == "/etc/sergek/clips/abay.mp4"
    assert made.camera[1].main.secret() == "rtsp://viewer:pw-secret@10.0.0.2/main"


def test_settings_never_show_a_password() -> None:
    """Neither the text form nor the JSON of the settings holds a credential."""
    made = settings(SOUND, SERGEK__BUS__TOKEN="pw-secret-token-of-the-bus")
    assert "pw-secret" not in repr(made)
    assert "pw-secret" not in made.model_dump_json()


def test_all_mistakes_at_once_each_with_its_line() -> None:
    """Unknown keys, wrong units and types, missing and doubled values in one answer."""
    text = """\
city = 5
colour = "red"
[storage]
passage_hours = 720
passage_days = "thirty"
[edge]
stall_ms = 2750
ring_s = "10 s"
ring_s = 11
[[camera]]
id = "abay-1"
name = "A"
main = "a.mp4"
fov_deg = 400
[[camera]]
id = "abay-1"
mian = "rtsp://u:pw-secret@h/"
name = "B"
"""
    found = problems(text)
    assert [line.split(":")[0] for line in found] == [
        "1", "2", "4", "5", "7", "8", "9", "14", "15", "16", "17",
    ]  # fmt: skip
    said = dict(line.split(": ", 1) for line in found)
    assert said["2"] == "colour: there is no such key"
    assert "written in days: passage_days" in said["4"]
    assert "plain number of days (not 'thirty')" in said["5"]
    assert "written in seconds: stall_s" in said["7"]
    assert "plain number of seconds (not '10 s')" in said["8"]
    assert "camera.0.fov_deg" in said["14"]
    assert said["15"] == "camera.1.main is missing"
    assert "taken since line 11" in said["16"]
    assert "did you mean main?" in said["17"]
    assert not any("pw-secret" in line for line in found)


def test_the_environment_overrides_the_file() -> None:
    """SERGEK__TABLE__KEY wins, is read as TOML or as text, and reaches cameras by their id."""
    made = settings(
        SOUND,
        SERGEK__CENTRE__PORT="9090",
        SERGEK__EDGE__GATE="false",
        SERGEK__STORAGE__DATA="/var/lib/sergek",
        SERGEK__CAMERA__TOLE_BI_2__MAIN="rtsp://u:p@h/other",
        OTHER="x",
    )
    assert made.centre.port == 9090
    assert made.edge.gate is False
    assert made.storage.data == Path("/var/lib/sergek")
    assert made.camera[1].main.secret() == "rtsp://u:p@h/other"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("SERGEK__EDGE__RING_MS", "there is no such key; it is written in seconds: ring_s"),
        ("SERGEK__CENTRE__PORT", "should be"),
        ("SERGEK__CAMERA__NOBODY__MAIN", "no such camera"),
        ("SERGEK__CITY__NAME", "no table"),
        ("SERGEK__", "SERGEK__TABLE__KEY"),
    ],
)
def test_a_wrong_variable_is_told_by_its_name(name: str, said: str) -> None:
    """A mistake in the environment names the variable, not a line of the file."""
    (found,) = problems(SOUND, **{name: "a lot"})
    assert found.startswith(f"{name}: ")
    assert said in found


def test_a_bus_elsewhere_needs_a_token() -> None:
    """Rules between keys are told like the others."""
    assert any("token" in line for line in problems(SOUND + "[bus]\nurl = 'nats://h:4222'\n"))


@pytest.mark.parametrize("content", [None, b"\xff\xfe", "folder"])
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | str | None) -> None:
    """Absent, not text, a folder: one sentence."""
    path = tmp_path / "city.toml"
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"city\.toml"):
        load(path, {})
