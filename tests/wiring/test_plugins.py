"""Detectors, plate readers and sources of other installed packages."""

import pytest

from sergek.core.camera import SourceUrl
from sergek.core.errors import ConfigError
from sergek.vision.settings import DetectorSettings, PlateReaderSettings
from sergek.wiring.plugins import detector_of, open_source, plate_reader_of

_MODULE = """
from sergek.testing.blobs import BlobDetector
from sergek.adapters.video import open_source as opened

def detector(settings):
    assert settings.plugin == "acme"
    return BlobDetector()

class _Blind:
    def read(self, pictures):
        return [[] for _ in pictures]

def plate_reader(settings):
    return _Blind()

def open_source(url, *, loop=False, realtime=True):
    return opened(url.removeprefix("acme://"), loop=loop, realtime=realtime)
"""
_ENTRIES = """
[sergek.detectors]
acme = acme_sergek:detector
broken = acme_sergek:nothing_of_this_name
[sergek.plate_readers]
acme = acme_sergek:plate_reader
[sergek.frame_sources]
acme = acme_sergek:open_source
"""


@pytest.fixture
def acme(tmp_path, monkeypatch):
    """A package as pip would install it, in a folder of its own."""
    (tmp_path / "acme_sergek.py").write_text(_MODULE)
    made = tmp_path / "acme_sergek-1.0.dist-info"
    made.mkdir()
    (made / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-sergek\nVersion: 1.0\n")
    (made / "entry_points.txt").write_text(_ENTRIES)
    monkeypatch.syspath_prepend(tmp_path)


def test_a_detector_and_a_reader_of_another_package_take_our_place(acme):
    """The file names them; the factory gets the table."""
    assert detector_of(DetectorSettings(plugin="acme")).detect([]) == []
    assert plate_reader_of(PlateReaderSettings(plugin="acme")).read([]) == []


def test_a_source_of_another_package_is_chosen_by_its_scheme(acme, tmp_path):
    """`acme://…` opens; our own addresses never ask the plug-in."""
    (tmp_path / "photos").mkdir()
    with pytest.raises(ConfigError, match="holds no photos"):
        open_source(SourceUrl(f"acme://{tmp_path}/photos"))
    with pytest.raises(ConfigError, match="there is no file"):
        open_source(str(tmp_path / "missing.mp4"))


def test_what_is_not_installed_or_broken_is_one_sentence(acme):
    """It names what there is; an unknown scheme keeps its own sentence and hides the password."""
    with pytest.raises(ConfigError, match=r'no plug-in "other".*there: acme, broken'):
        detector_of(DetectorSettings(plugin="other"))
    with pytest.raises(ConfigError, match=r'"broken".*cannot be loaded'):
        detector_of(DetectorSettings(plugin="broken"))
    with pytest.raises(ConfigError, match="only rtsp") as caught:
        open_source("other://user:tajna@10.0.0.1/x")
    assert "tajna" not in caught.value.message
