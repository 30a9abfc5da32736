"""Clips are copied: what the camera sent is in them, byte for byte, and players show them."""

import io
from dataclasses import replace
from pathlib import Path

import av
import pytest

from sergek.adapters.video import open_source
from sergek.adapters.video.clip import copied_clip
from sergek.core.errors import Corrupt
from sergek.testing.rtsp import write_clip

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """The demo's clip (lengths before units), and raw streams of both codecs (start codes)."""
    folder = tmp_path_factory.mktemp("clips")
    return {
        "mp4": ROOT / "demo" / "junction.mp4",
        "h264": write_clip(folder / "raw.h264", size=(320, 180), seconds=4),
        "hevc": write_clip(folder / "raw.h265", codec="libx265", size=(320, 180), seconds=4),
    }


def group(path, wanted=2):
    source = open_source(str(path), realtime=False)
    packets = list(source.packets())
    keys = [i for i, packet in enumerate(packets) if packet.is_key]
    return source.info, packets[keys[0] : keys[wanted] if len(keys) > wanted else None]


def pictures(data):
    with av.open(io.BytesIO(data)) as container:
        return [frame.to_ndarray()[: frame.height] for frame in container.decode(video=0)]


@pytest.mark.parametrize("kind", ["mp4", "h264", "hevc"])
def test_every_picture_is_the_cameras_own(sources, kind):
    """Decoded from the clip they equal those decoded from the source."""
    info, packets = group(sources[kind])
    clip = copied_clip(info, packets)
    decoder = open_source(str(sources[kind]), realtime=False).decoder()
    frames = [frame.luma().copy() for packet in packets for frame in decoder.decode(packet)]
    frames += [frame.luma().copy() for frame in decoder.flush()]
    found = pictures(clip)
    assert len(found) == len(packets)
    assert all((a == b).all() for a, b in zip(found, frames, strict=True))


def test_the_coded_bytes_are_in_the_clip_as_they_were(sources):
    """A slice of the source is found in the file unchanged."""
    info, packets = group(sources["mp4"])
    clip = copied_clip(info, packets)
    assert all(packet.data[4:] in clip for packet in packets[1:])


def test_a_source_without_times_is_timed_by_arrival(sources):
    """A clip still plays at its pace."""
    info, packets = group(sources["mp4"])
    bare = [
        replace(packet, pts=None, dts=None, arrived_s=5 + i / 15)
        for i, packet in enumerate(packets)
    ]
    with av.open(io.BytesIO(copied_clip(info, bare))) as container:
        times = [float(frame.time) for frame in container.decode(video=0)]
    assert times[-1] == pytest.approx((len(packets) - 1) / 15, abs=0.02)


def test_a_clip_that_begins_amid_a_group_is_refused(sources):
    """It could not be decoded."""
    info, packets = group(sources["mp4"])
    with pytest.raises(Corrupt, match="key frame"):
        copied_clip(info, packets[1:])
