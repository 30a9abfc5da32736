"""Files and streams through PyAV."""

import logging

import pytest

from sergek.adapters.video import open_source
from sergek.adapters.video.avsource import AvSource
from sergek.core.errors import ConfigError, Corrupt, Forbidden, Unavailable
from sergek.testing.rtsp import (
    AUDIO_ONLY,
    FaultyProxy,
    Mount,
    RtspServer,
    camera,
    clockless_camera,
    write_clip,
)


def _taken(source, count):
    packets = []
    for packet in source.packets():
        packets.append(packet)
        if len(packets) == count:
            source.close()
    return packets


def test_a_file_gives_every_picture_with_the_sources_own_time(tmp_path):
    """50 frames at 25 per second: media time 0, 0.04 … 1.96."""
    source = open_source(str(write_clip(tmp_path / "a.mp4", seconds=2)), realtime=False)
    decoder = source.decoder()
    times = [f.media_s for packet in source.packets() for f in decoder.decode(packet)]
    times += [f.media_s for f in decoder.flush()]
    assert times == pytest.approx([i / 25 for i in range(50)])


def test_a_looped_file_begins_anew_with_its_first_time_stamp(tmp_path):
    """The recorder's jump back stays visible in the packets of the same run."""
    source = open_source(str(write_clip(tmp_path / "a.mp4", seconds=1)), loop=True, realtime=False)
    packets = _taken(source, 60)
    assert packets[25].media_s == packets[0].media_s == 0.0
    assert len({packet.run_id for packet in packets}) == 1
    assert [packet.index for packet in packets] == list(range(60))


def test_a_paced_file_takes_its_own_time(tmp_path):
    """Packets are never handed out before their time."""
    source = open_source(str(write_clip(tmp_path / "a.mp4", seconds=1)))
    packets = _taken(source, 20)
    for packet in packets:
        assert packet.arrived_s - packets[0].arrived_s >= packet.media_s - 0.01


def test_each_connection_is_a_run_of_its_own(tmp_path):
    """Opening the same file twice gives two run ids."""
    path = str(write_clip(tmp_path / "a.mp4", seconds=0.2))
    assert open_source(path).info.run_id != open_source(path).info.run_id


def test_a_second_decoder_is_independent_of_the_first(tmp_path):
    """Pictures from the middle can be decoded again while the first decoder is elsewhere."""
    source = open_source(str(write_clip(tmp_path / "a.mp4", seconds=2)), realtime=False)
    packets = list(source.packets())
    first, second = source.decoder(), source.decoder()
    assert sum(len(first.decode(packet)) for packet in packets[:30]) >= 29
    frames = [f for packet in packets[25:30] for f in second.decode(packet)]
    assert frames[0].media_s == pytest.approx(1.0)


def test_a_spoilt_packet_is_corrupt_and_the_next_key_frame_heals(tmp_path):
    """One sentence for the bad packet; decoding goes on."""
    source = open_source(str(write_clip(tmp_path / "a.h264", seconds=2)), realtime=False)
    decoder, good = source.decoder(), 0
    for packet in source.packets():
        if packet.index == 5:
            object.__setattr__(packet, "data", b"\x00\x00\x00\x01\x67\xff\xff\xff")
            with pytest.raises(Corrupt):
                decoder.decode(packet)
        else:
            good += len(decoder.decode(packet))
    assert good >= 44


def test_a_truncated_file_gives_what_is_there(tmp_path):
    """Half of an elementary stream is half of the pictures, not an error."""
    path = write_clip(tmp_path / "a.h264", seconds=2)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    source = open_source(str(path), realtime=False)
    decoder = source.decoder()
    assert 10 < sum(len(decoder.decode(packet)) for packet in source.packets()) < 50


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (b"%PDF-1.7 no video at all" * 40, "not a video"), (None, "no file")],
)
def test_a_file_that_is_no_video_is_one_sentence(tmp_path, content, said):
    """Zero bytes, a PDF and a missing file each say what is wrong."""
    path = tmp_path / "a.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=said):
        open_source(str(path))


def test_an_mp4_cut_before_its_index_is_one_sentence(tmp_path):
    """An MP4 whose tail is missing has no index and cannot be read."""
    path = write_clip(tmp_path / "a.mp4", seconds=2)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ConfigError, match="cut short"):
        open_source(str(path))


def test_only_rtsp_addresses_are_taken():
    """An unknown scheme is a configuration error without the password in it."""
    with pytest.raises(ConfigError) as caught:
        open_source("http://user:tajna@10.0.0.1/video")
    assert "tajna" not in caught.value.message


@pytest.fixture(scope="module")
def server(rtsp, tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    plain = write_clip(folder / "a.h264")
    small, large = (write_clip(folder / f"{w}.h264", size=(w, 180)) for w in (320, 480))
    both = folder / "both.h264"
    both.write_bytes(small.read_bytes() + large.read_bytes())
    mounts = {
        "a": camera(plain),
        "h265": camera(write_clip(folder / "a.h265", codec="libx265")),
        "sound": AUDIO_ONLY,
        "still_clock": clockless_camera(plain),
        "resized": Mount(camera(both).launch, both, 100.0),
    }
    with RtspServer(mounts) as server:
        yield server


@pytest.mark.rtsp
class TestStream:
    """Against a real RTSP server."""

    @pytest.mark.parametrize(("name", "codec"), [("a", "h264"), ("h265", "hevc")])
    def test_h264_and_h265_are_decoded(self, server, name, codec):
        """Both codecs of today's cameras give pictures with advancing times."""
        source = open_source(server.url(name))
        decoder = source.decoder()
        frames = [f for packet in _taken(source, 40) for f in decoder.decode(packet)]
        assert source.info.codec == codec
        assert len(frames) >= 35
        assert frames[30].media_s - frames[10].media_s == pytest.approx(0.8, abs=0.01)

    def test_time_stamps_that_stand_still_survive(self, server):
        """Missing and constant PTS are handed on as they came."""
        packets = _taken(open_source(server.url("still_clock")), 60)
        assert packets[0].pts is None
        assert len({packet.pts for packet in packets[30:]}) == 1
        assert packets[59].arrived_s - packets[20].arrived_s > 1.0

    def test_the_picture_size_may_change_in_mid_stream(self, server):
        """Frames carry their own size; nothing breaks."""
        source = open_source(server.url("resized"))
        decoder = source.decoder()
        sizes = {f.width for packet in _taken(source, 190) for f in decoder.decode(packet)}
        assert sizes == {320, 480}

    def test_sound_alone_is_no_camera(self, server):
        """A stream without video is a configuration error."""
        with pytest.raises(ConfigError, match="no video"):
            open_source(server.url("sound"))

    def test_an_unknown_stream_name_is_said(self, server):
        """RTSP's 404 is one sentence."""
        with pytest.raises(Unavailable, match="no stream of this name"):
            open_source(server.url("nothing"))

    def test_nobody_listening_is_unavailable(self):
        """A refused connection may succeed later."""
        with FaultyProxy(1) as proxy:
            port = proxy.port
        with pytest.raises(Unavailable, match="refuses the connection"):
            open_source(f"rtsp://127.0.0.1:{port}/a")

    def test_a_stalled_stream_gives_the_thread_back(self, server):
        """The reader leaves a hanging camera within the watchdog's 3 s."""
        with FaultyProxy(server.port) as proxy:
            source = AvSource(server.url("a", port=proxy.port))
            packets = source.packets()
            next(packets)
            proxy.stall()
            with pytest.raises(Unavailable, match="sends nothing"):
                list(packets)

    def test_a_password_never_reaches_a_message_or_log(self, rtsp, tmp_path, caplog, capfd):
        """Wrong, right and unreachable: neither our words nor FFmpeg's own show it."""
        logging.getLogger().setLevel(logging.DEBUG)
        mounts = {"a": camera(write_clip(tmp_path / "a.h264"))}
        with RtspServer(mounts, user="officer", password="tajna-1") as server:
            with pytest.raises(Forbidden) as wrong:
                open_source(server.url("a", credentials="officer:tajna-2"))
            source = open_source(server.url("a", credentials="officer:tajna-1"))
            assert len(_taken(source, 5)) == 5
            url = server.url("a", credentials="officer:tajna-1")
        with pytest.raises(Unavailable) as gone:
            open_source(url)
        said = [str(wrong.value), repr(gone.value), caplog.text, *capfd.readouterr()]
        said += [str(e.value.__cause__) for e in (wrong, gone)]
        assert all("tajna" not in text for text in said)
