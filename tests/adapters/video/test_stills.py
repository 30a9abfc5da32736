"""A folder of photos as a stream."""

import cv2
import numpy as np
import pytest

from sergek.adapters.video import open_source
from sergek.core.errors import ConfigError, Corrupt


def _photo(path, shade):
    cv2.imwrite(str(path), np.full((40, 60, 3), shade, np.uint8))


def test_photos_come_in_the_order_of_their_names(tmp_path):
    """Each is one picture; times step evenly."""
    for number, shade in ((2, 200), (1, 50), (3, 120)):
        _photo(tmp_path / f"{number}.png", shade)
    source = open_source(str(tmp_path), realtime=False)
    decoder = source.decoder()
    frames = [f for packet in source.packets() for f in decoder.decode(packet)]
    assert [int(f.image()[0, 0, 0]) for f in frames] == [50, 200, 120]
    assert [f.media_s for f in frames] == [0.0, 1.0, 2.0]
    assert (source.info.width, source.info.height) == (60, 40)


def test_a_photo_that_is_a_pdf_is_corrupt_and_the_rest_is_read(tmp_path):
    """One bad file does not end the stream."""
    (tmp_path / "1.jpg").write_bytes(b"%PDF-1.4 and so on")
    _photo(tmp_path / "2.png", 90)
    source = open_source(str(tmp_path), realtime=False)
    decoder = source.decoder()
    bad, good = source.packets()
    with pytest.raises(Corrupt, match="not a picture"):
        decoder.decode(bad)
    assert len(decoder.decode(good)) == 1


def test_a_folder_without_photos_is_a_configuration_error(tmp_path):
    """The sentence says what it looks for."""
    with pytest.raises(ConfigError, match="no photos"):
        open_source(str(tmp_path))
