"""A camera's two streams on a real RTSP server: late, lost, back, and plates while in sight."""

import contextlib
import threading
import time
from itertools import pairwise

import av
import pytest
from tests.edge.conftest import ONE_PLATE

from sergek.core.camera import Camera
from sergek.core.coverage import CoverageState, GapReason
from sergek.core.live import CameraState
from sergek.edge.settings import EdgeSettings
from sergek.testing.rtsp import Mount, RtspServer, camera, write_interlaced

pytestmark = pytest.mark.rtsp

LIVE = CameraState.LIVE


@pytest.fixture(scope="module")
def server(rtsp, clips):
    late = camera(clips["sub"])
    mounts = {name: camera(clips[name]) for name in ("main", "sub")}
    mounts["late"] = Mount(late.launch, late.stream, late.fps, lag_s=2.0)
    mounts["interlaced"] = camera(write_interlaced(clips["main"].with_name("interlaced.h264")))
    with RtspServer(mounts) as server:
        yield server


def _camera(main, sub=None):
    return Camera(id="c", name="C", main=main, sub=sub, lines=((320, 0, 320, 360),))


def _last(edge):
    told = edge.statuses()
    return told[-1][1] if told else None


def _says(edge, reason):
    return (last := _last(edge)) is not None and last.state is LIVE and last.reason is reason


def _all_looked_at(spans):
    """From the first picture on nothing is missing; only a busy machine may leave seconds out."""
    begun = next(i for i, span in enumerate(spans) if span.state is CoverageState.ANALYSED)
    left_out = [span for span in spans[begun:] if span.state is not CoverageState.ANALYSED]
    assert {(span.state, span.reason) for span in left_out} <= {
        (CoverageState.RECEIVED, GapReason.OVERLOAD)
    }
    assert sum(span.seconds for span in left_out) <= sum(span.seconds for span in spans) / 3


@contextlib.contextmanager
def _viewer(url):
    """Somebody else who already looks at a stream that all share."""
    over = threading.Event()

    def look():
        with av.open(url, options={"rtsp_transport": "tcp"}) as container:
            for _ in container.demux():
                if over.is_set():
                    return

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join(5)


def test_a_steady_stream_that_is_old_by_its_own_reports_is_late(edge, server):
    """Two seconds old from its first picture on: state, sentence and ledger say so."""
    with _viewer(server.url("late")):
        time.sleep(4.0)
        with edge.running(_camera(server.url("late")), settings=EdgeSettings(late_s=1.0)):
            edge.until(lambda: _says(edge, GapReason.LATE))
            assert "2 s old" in _last(edge).sentence
            time.sleep(1.2)
    spans = edge.ledger()
    assert (CoverageState.ANALYSED, GapReason.LATE) in {(s.state, s.reason) for s in spans}


def test_an_interlaced_stream_is_analysed_and_the_page_says_what_it_costs(edge, server):
    """Live, with a sentence for whoever sets up the camera."""
    with edge.running(_camera(server.url("interlaced"))):
        edge.until(lambda: edge.state() is LIVE and "interlaced" in _last(edge).sentence)
        edge.until(lambda: _last(edge).fps_analysed > 3)


def test_a_stream_that_falls_ever_further_behind_is_late(edge, server, proxy):
    """The network passes everything on, a little later each second."""
    url = server.url("main", port=proxy.port)
    with edge.running(_camera(url), settings=EdgeSettings(late_s=1.0)):
        edge.until(lambda: edge.state() is LIVE)
        proxy.slow(0.5)
        edge.until(lambda: _says(edge, GapReason.LATE))
        assert "behind" in _last(edge).sentence or "old" in _last(edge).sentence


def test_the_main_stream_is_analysed_while_the_sub_stream_is_lost(edge, server, proxy):
    """Seconds stay analysed, vehicles still pass, and the sub stream takes over when it is back."""
    cam = _camera(server.url("main"), server.url("sub", port=proxy.port))
    # A busy machine analyses late: every second waits for it.
    settings = EdgeSettings(sub_back_s=1.0, ledger_settle_s=20)
    with edge.running(cam, settings=settings) as worker:
        edge.until(lambda: edge.state() is LIVE and _last(edge).fps_analysed > 3)
        by_sub = worker.cameras["c"].pictures.decoded
        proxy.refuse()
        edge.until(lambda: _says(edge, GapReason.SUB_LOST))
        before = len(edge.passages())
        edge.until(lambda: len(edge.passages()) >= before + 2, 30)
        assert "main stream is analysed" in _last(edge).sentence
        proxy.accept()
        edge.until(lambda: _says(edge, GapReason.NONE))
        before = len(edge.passages())
        edge.until(lambda: len(edge.passages()) >= before + 2, 30)
        assert worker.cameras["c"].pictures.decoded > by_sub
    spans = edge.ledger()
    assert all(a.until_at == b.from_at for a, b in pairwise(spans))
    _all_looked_at(spans)
    told = edge.passages()
    assert len({passage.passage_id for passage in told}) == len(told)
    assert all(picture.box[2] <= 640 for passage in told for picture in passage.pictures)


def test_the_sub_stream_goes_on_while_the_main_stream_is_lost(edge, server, proxy):
    """Vehicles still pass, without pictures of the main stream, and the page says why."""
    cam = _camera(server.url("main", port=proxy.port), server.url("sub"))
    with edge.running(cam, settings=EdgeSettings(ledger_settle_s=20)):
        edge.until(lambda: edge.state() is LIVE and _last(edge).fps_analysed > 3)
        proxy.refuse()
        edge.until(lambda: _says(edge, GapReason.MAIN_LOST))
        assert "plates cannot be read" in _last(edge).sentence
        before = len(edge.passages())
        edge.until(lambda: len(edge.passages()) > before)
        proxy.accept()
        edge.until(lambda: _says(edge, GapReason.NONE))
    _all_looked_at(edge.ledger())


def test_a_plate_is_shown_live_where_the_sub_stream_is_analysed(edge, server):
    """The look comes out of the main stream's ring while the vehicle is still in sight."""
    with edge.running(_camera(server.url("main"), server.url("sub")), **ONE_PLATE) as worker:
        edge.until(lambda: edge.state() is LIVE)
        edge.bus.publish("sergek.watch.c", b"")
        edge.until(lambda: any((text or "").startswith("123ABC08") for text in edge.plates()), 6)
        assert worker.cameras["c"].pictures.decoded <= 40
