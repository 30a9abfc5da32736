"""Packets as fragmented MP4."""

import io

import av
import pytest

from sergek.adapters.video import open_source
from sergek.edge.fmp4 import avc_config, fragment, init_segment, length_prefixed
from sergek.testing.rtsp import write_clip


@pytest.mark.parametrize("ending", [".h264", ".mp4"])
def test_every_picture_survives_with_its_time(tmp_path, ending):
    """Start codes or lengths: FFmpeg reads back each picture, its size and its time."""
    source = open_source(str(write_clip(tmp_path / f"a{ending}", seconds=2)), realtime=False)
    whole, config = b"", None
    for packet in source.packets():
        if config is None:
            config = avc_config(source.info.extradata, packet.data)
            assert config is not None
            whole = init_segment(config, source.info.width, source.info.height)
        whole += fragment(
            packet.index + 1,
            packet.index * 3600,
            3600,
            length_prefixed(config, packet.data),
            is_key=packet.is_key,
        )
    with av.open(io.BytesIO(whole)) as container:
        frames = list(container.decode(video=0))
    assert [f.pts for f in frames] == [i * 3600 for i in range(50)]
    assert (frames[0].width, frames[0].height) == (320, 180)
    assert config.codec.startswith("avc1.42C0")


def test_without_parameter_sets_there_is_no_configuration():
    """A picture that cannot be described is not published."""
    assert avc_config(None, b"\x00\x00\x00\x01\x65\x88\x84") is None
