"""An edge worker on real streams: what goes wrong, what is said of it, and that nothing is lost."""

import io
import threading
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import av
import pytest
from tests.edge.conftest import ONE_PLATE

from sergek.adapters.video import open_source
from sergek.core.camera import Camera
from sergek.core.clock import SystemClock
from sergek.core.coverage import CoverageState, GapReason
from sergek.core.errors import Unavailable
from sergek.core.live import CameraState, LiveBoxes
from sergek.edge.settings import EdgeSettings
from sergek.testing.rtsp import (
    AUDIO_ONLY,
    Mount,
    RtspServer,
    camera,
    clockless_camera,
)

LIVE, LOST, FAILED = CameraState.LIVE, CameraState.LOST, CameraState.FAILED


@pytest.fixture(scope="module")
def server(rtsp, clips):
    mounts = {name: camera(clips[name]) for name in ("main", "sub", "h265")}
    both = clips["main"].with_name("both.h264")
    both.write_bytes(clips["sub"].read_bytes() + clips["main"].read_bytes())
    mounts |= {"resized": Mount(camera(both).launch, both, 25.0)}
    mounts |= {"sound": AUDIO_ONLY, "clockless": clockless_camera(clips["main"])}
    with RtspServer(mounts) as server:
        yield server


def _camera(url, **more):
    return Camera(id="c", name="C", main=url, **more)


def _joined(spans):
    assert spans
    assert all(a.until_at == b.from_at for a, b in pairwise(spans))


def _reasons(spans):
    return {span.reason for span in spans}


def test_a_file_becomes_passages_with_pictures(edge, clips):
    """The square crosses twice: two passages, their pictures in the store, the line crossed."""
    lines = ((320, 0, 320, 360),)
    with edge.running(_camera(str(clips["file"]), lines=lines)):
        edge.until(lambda: edge.state() is LOST)
        edge.until(lambda: len(edge.passages()) == 2)
    for passage in edge.passages():
        assert [c.direction for c in passage.crossings] == [-1]
        assert {p.kind for p in passage.pictures} == {"vehicle", "overview"}
        assert all(edge.evidence.get(p.key)[:2] == b"\xff\xd8" for p in passage.pictures)
    assert edge.statuses()[-1][1].reason is GapReason.SOURCE_ENDED
    _joined(edge.ledger())


def test_a_watched_vehicle_carries_its_plate_before_it_has_left(edge, clips):
    """Boxes of a watched camera show the plate's text while the vehicle is in sight."""
    with edge.running(_camera(str(clips["file"]), loop=True), **ONE_PLATE):
        edge.bus.publish("sergek.watch.c", b"")
        edge.until(lambda: any((text or "").startswith("123ABC08") for text in edge.plates()))
        assert edge.plates()[0] is None


@pytest.mark.rtsp
class TestFaults:
    """Each fault: state, reason, one sentence, a ledger without holes."""

    def test_a_stall_is_noticed_in_three_seconds_and_the_picture_comes_back(
        self, edge, server, proxy
    ):
        """The watchdog turns the camera to lost; after the stall a new run begins."""
        with edge.running(_camera(server.url("main", port=proxy.port))):
            edge.until(lambda: edge.state() is LIVE)
            edge.until(lambda: edge.statuses()[-1][1].fps_analysed > 3)
            run = edge.statuses()[-1][1].run_id
            proxy.stall()
            edge.until(lambda: edge.state() is LOST)
            assert edge.statuses()[-1][1].reason is GapReason.STALLED
            assert "sends nothing" in edge.statuses()[-1][1].sentence
            proxy.cut()
            proxy.flow()
            edge.until(lambda: edge.state() is LIVE)
            assert edge.statuses()[-1][1].run_id != run
        _joined(edge.ledger())
        assert GapReason.STALLED in _reasons(edge.ledger())

    def test_a_killed_camera_is_noticed_and_reconnected(self, edge, server, proxy):
        """It arrives as an end of the stream; while it refuses, the camera is unreachable."""
        with edge.running(_camera(server.url("main", port=proxy.port))):
            edge.until(lambda: edge.state() is LIVE)
            time.sleep(1.5)
            proxy.refuse()
            edge.until(lambda: edge.state() is LOST)
            edge.until(lambda: edge.statuses()[-1][1].reason is GapReason.UNREACHABLE)
            assert "refuses the connection" in edge.statuses()[-1][1].sentence
            time.sleep(1.2)
            proxy.accept()
            edge.until(lambda: edge.state() is LIVE)
        _joined(edge.ledger())
        assert GapReason.UNREACHABLE in _reasons(edge.ledger())
        # The square that was on the picture when the camera died is not forgotten.
        assert edge.passages()

    def test_sound_alone_has_failed(self, edge, server):
        """A person must change the address."""
        with edge.running(_camera(server.url("sound"))):
            edge.until(lambda: edge.state() is FAILED)
            time.sleep(1.5)
        assert edge.statuses()[-1][1].reason is GapReason.UNSUPPORTED
        assert "no video" in edge.statuses()[-1][1].sentence

    def test_a_wrong_password_has_failed_and_is_not_shown(self, edge, rtsp, clips):
        """State, sentence and ledger say unauthorised; no message holds the password."""
        mounts = {"main": camera(clips["main"])}
        with RtspServer(mounts, user="u", password="good") as guarded:
            url = guarded.url("main", credentials="u:tajna")
            with edge.running(_camera(url)):
                edge.until(lambda: edge.state() is FAILED)
                time.sleep(1.5)
        assert edge.statuses()[-1][1].reason is GapReason.UNAUTHORISED
        assert all(b"tajna" not in data for _, _, data in edge.heard)
        assert _reasons(edge.ledger()) <= {GapReason.UNAUTHORISED, GapReason.STARTING}

    def test_h265_is_analysed(self, edge, server):
        """Pictures and passages come; only the live view needs H.264."""
        with edge.running(_camera(server.url("h265"))):
            edge.until(lambda: edge.passages())
            edge.bus.publish("sergek.watch.c", b"")
            time.sleep(0.5)
        assert edge.statuses()[-1][1].codec == "hevc"
        assert not [name for _, name, _ in edge.heard if name == "sergek.video.c"]

    def test_time_stamps_that_stand_still_give_true_durations(self, edge, server):
        """Arrival replaces a clock that stands still: a crossing takes its 2.75 seconds."""
        with edge.running(_camera(server.url("clockless"))):
            edge.until(lambda: len(edge.passages()) >= 2)
        middle = edge.passages()[1]
        assert 2.0 < middle.left_s - middle.entered_s < 3.0

    def test_another_picture_size_begins_another_run(self, edge, server):
        """The stream turns from 320 to 640 wide after 5.5 s: two runs, pictures of both sizes."""
        with edge.running(_camera(server.url("resized"))):
            edge.until(lambda: len({s.run_id for _, s in edge.statuses() if s.run_id}) >= 2)
            edge.until(lambda: edge.passages())
        _joined(edge.ledger())

    def test_corrupt_packets_leave_the_camera_alive(self, edge, server, proxy):
        """Bits flip on the way; passages still come."""
        with edge.running(_camera(server.url("main", port=proxy.port))):
            edge.until(lambda: edge.state() is LIVE)
            proxy.spoil(0.2)
            time.sleep(3)
            proxy.flow()
            edge.until(lambda: edge.state() is LIVE)
            edge.until(lambda: edge.passages())
        _joined(edge.ledger())

    def test_with_a_sub_stream_the_main_stream_is_only_decoded_for_looks(self, edge, server):
        """Passages have main-stream pictures; far fewer main pictures were decoded than came."""
        cam = _camera(server.url("main"), sub=server.url("sub"))
        with edge.running(cam) as worker:
            edge.until(lambda: len(edge.passages()) >= 2)
            decoded = worker.cameras["c"].pictures.decoded
        passage = edge.passages()[0]
        assert {p.kind for p in passage.pictures} == {"vehicle", "overview"}
        overview = next(p for p in passage.pictures if p.kind == "overview")
        with av.open(io.BytesIO(edge.evidence.get(overview.key))) as picture:
            assert picture.streams.video[0].width == 640
        assert decoded > 0

    def test_the_live_view_begins_at_a_key_frame_and_plays(self, edge, server):
        """Initialisation, key fragment, fragments; boxes lie on the video's own axis."""
        with edge.running(_camera(server.url("main"))):
            edge.until(lambda: edge.state() is LIVE)
            time.sleep(1)
            for _ in range(3):
                edge.bus.publish("sergek.watch.c", b"")
                time.sleep(1)
        video = [data for _, name, data in edge.heard if name == "sergek.video.c"]
        assert [data[:1] for data in video[:3]] == [b"I", b"K", b"F"]
        heads = [i for i, data in enumerate(video) if data[:1] == b"I"]
        whole = video[0][1:] + b"".join(d[1:] for d in video if d[:1] != b"I")
        with av.open(io.BytesIO(whole)) as container:
            times = [frame.time for frame in container.decode(video=0)]
        assert len(times) == len(video) - len(heads) > 50
        assert all(b > a for a, b in pairwise(times))
        boxes = [
            LiveBoxes.model_validate_json(data)
            for _, name, data in edge.heard
            if name == "sergek.boxes.c"
        ]
        assert any(message.boxes for message in boxes)
        assert all(0 <= message.mux_s <= times[-1] + 0.1 for message in boxes)

    def test_a_restart_asked_over_the_bus_opens_a_new_run(self, edge, server):
        """The operator's button."""
        with edge.running(_camera(server.url("main"))):
            edge.until(lambda: edge.state() is LIVE)
            run = edge.statuses()[-1][1].run_id
            edge.bus.publish("sergek.restart.c", b"")
            edge.until(lambda: edge.statuses()[-1][1].run_id not in (run, None))
            edge.until(lambda: edge.state() is LIVE)


def test_the_time_since_a_crash_is_explained(edge, clips):
    """A ledger that ended two minutes ago continues there: missing, the edge was down."""
    ended = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=120)
    with edge.running(_camera(str(clips["file"])), covered_until=lambda _: ended):
        edge.until(lambda: edge.state() is LIVE)
    spans = edge.ledger()
    _joined(spans)
    assert spans[0].from_at == ended
    assert spans[0].reason is GapReason.EDGE_DOWN


def test_a_clock_that_jumps_leaves_no_second_unexplained(edge, clips):
    """The wall clock leaps an hour ahead in mid-run: the hour is missing and says why."""

    class Leaping(SystemClock):
        ahead = timedelta(0)

        def now(self):
            return super().now() + self.ahead

    clock = Leaping()

    def opener(url, **how):
        source = open_source(url, **how)
        source._clock = clock
        return source

    with edge.running(_camera(str(clips["file"])), opener=opener, clock=clock):
        edge.until(lambda: edge.state() is LIVE)
        time.sleep(2)
        clock.ahead = timedelta(hours=1)
        time.sleep(2.5)
    spans = edge.ledger()
    _joined(spans)
    jumped = sum(span.seconds for span in spans if span.reason is GapReason.CLOCK_JUMPED)
    assert 3590 <= jumped <= 3602


def test_when_too_much_waits_for_the_disk_the_ledger_says_disk_full(edge, clips):
    """Analysis stops before memory ends; what was seen is recorded when the disk is back."""
    full = {"now": True}
    put = edge.evidence.put

    def guarded(data):
        if full["now"]:
            raise Unavailable("the disk is full: free some space")
        return put(data)

    edge.evidence.put = guarded
    settings = EdgeSettings(record_retry_s=0.1, pending_max_bytes=1024 * 1024)
    object.__setattr__(settings, "pending_max_bytes", 1000)
    with edge.running(_camera(str(clips["file"]), loop=True), settings=settings):
        edge.until(lambda: edge.statuses() and edge.statuses()[-1][1].reason is GapReason.DISK_FULL)
        assert "disk is full" in edge.statuses()[-1][1].sentence
        time.sleep(4.5)
        full["now"] = False
        edge.until(lambda: edge.passages())
    _joined(edge.ledger())
    assert any(
        (s.state, s.reason) == (CoverageState.RECEIVED, GapReason.DISK_FULL) for s in edge.ledger()
    )


def test_a_stopped_worker_leaves_no_thread_behind(edge, clips):
    """Streams, analysis, plates, recorder and supervisor all end."""
    before = set(threading.enumerate())
    with edge.running(_camera(str(clips["file"]), loop=True)):
        edge.until(lambda: edge.state() is LIVE)
    assert set(threading.enumerate()) <= before
