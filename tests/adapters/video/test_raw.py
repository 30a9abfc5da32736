"""Pictures in the decoder's form."""

import av
import numpy as np
import pytest

from sergek.adapters.video import open_source
from sergek.adapters.video.raw import AvFrame
from sergek.testing.rtsp import write_clip, write_interlaced


def _frame(name: str, width: int = 96, height: int = 64) -> AvFrame:
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, :, 0] = np.linspace(0, 255, width, dtype=np.uint8)
    picture[:, :, 2] = np.linspace(0, 255, height, dtype=np.uint8)[:, None]
    made = av.VideoFrame.from_ndarray(picture, format="bgr24")
    return AvFrame(made if name == "bgr24" else made.reformat(format=name), None, None)


@pytest.mark.parametrize("name", ["yuv420p", "yuvj420p", "yuv422p", "bgr24"])
@pytest.mark.parametrize("box", [(10, 8, 40, 30), (11, 7, 38, 33), (-5, -5, 20, 20)])
def test_a_crop_is_that_part_of_the_whole_picture(name, box):
    """Converting only a part gives the same colours as converting all and cutting."""
    frame = _frame(name)
    x1, y1, x2, y2 = box
    whole = frame.image()[max(0, y1) : y2, max(0, x1) : x2].astype(int)
    part = frame.crop(*box).astype(int)
    assert part.shape == whole.shape
    assert np.abs(part - whole).mean() < 4


def test_a_crop_outside_the_picture_is_empty():
    """No exception for a box that left the picture."""
    assert _frame("yuv420p").crop(200, 10, 240, 20).size == 0


@pytest.mark.parametrize("name", ["yuv420p", "yuv422p", "bgr24"])
def test_brightness_and_scaled_pictures_have_the_right_size(name):
    """`luma` is height × width, `image` has the size asked for."""
    frame = _frame(name)
    assert frame.luma().shape == (64, 96)
    assert frame.image(48, 32).shape == (32, 48, 3)
    near = frame.image(48, 32).astype(int) - frame.image()[::2, ::2]
    assert np.abs(near).mean() < 12


def test_sizes_that_are_odd_are_read(tmp_path):
    """A stream of odd width has half a colour sample too few; nothing breaks."""
    path = write_clip(tmp_path / "odd.mp4", size=(178, 98), seconds=0.2)
    source = open_source(str(path), realtime=False)
    decoder = source.decoder()
    frames = [f for packet in source.packets() for f in decoder.decode(packet)]
    assert frames[0].crop(3, 3, 50, 40).shape == (37, 47, 3)


def test_an_interlaced_picture_shows_one_moment_where_things_move(tmp_path):
    """A bar that jumps 12 pixels between the fields has straight edges; its rest has all lines."""
    path = write_interlaced(tmp_path / "combed.mp4", size=(320, 192), step_px=12)
    source = open_source(str(path), realtime=False)
    decoder = source.decoder()
    frames = [f for packet in source.packets() for f in decoder.decode(packet)]
    frame = frames[5]
    assert frame.interlaced
    woven = frame._frame.to_ndarray(format="gray")
    for picture in (frame.luma(), frame.image()[:, :, 1], frame.crop(0, 0, 320, 192)[:, :, 1]):
        # The bar stands from row 64 to 128 only.
        inside = picture[72:120].astype(int)
        combed = np.abs(inside[1:-1] * 2 - inside[:-2] - inside[2:]).max()
        raw = woven[72:120].astype(int)
        assert np.abs(raw[1:-1] * 2 - raw[:-2] - raw[2:]).max() > 100
        assert combed < 40
    still = frame.crop(0, 136, 320, 192)
    # The stripes below stand still: there both fields are kept, half of the steps are sharp.
    assert (np.abs(np.diff(still[8:-8, :, 1].astype(int), axis=0)) > 60).mean() > 0.4
    assert frame.image(160, 96).shape == (96, 160, 3)


def test_progressive_pictures_are_left_as_they_are(tmp_path):
    """No clip of ours is taken for interlaced."""
    source = open_source(str(write_clip(tmp_path / "a.mp4", seconds=0.2)), realtime=False)
    decoder = source.decoder()
    frames = [f for packet in source.packets() for f in decoder.decode(packet)]
    assert not any(frame.interlaced for frame in frames)
