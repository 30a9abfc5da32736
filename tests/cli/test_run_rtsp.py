"""`sergek run` on eight cameras of a real RTSP server, with everything broken once."""

import os
import signal
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from sergek.adapters.sql.coverage_store import SqlCoverageStore
from sergek.adapters.sql.engine import open_engine
from sergek.core.coverage import Coverage, CoverageState, GapReason
from sergek.testing.rtsp import FaultyProxy, RtspServer, camera, write_clip

CAMERAS = [f"camera-{n}" for n in range(8)]
LONG_AGO, FAR_AHEAD = (
    datetime.fromisoformat(f"{year}-01-01T00:00:00+00:00") for year in (2000, 2999)
)


@pytest.mark.slow
@pytest.mark.rtsp
@pytest.mark.timeout(300)
def test_every_second_of_eight_cameras_is_explained(rtsp, tmp_path, run_city, eventually) -> None:
    """Cameras stall, vanish and come back; edge, bus and centre are killed: no second is missing
    from the gap ledger or in it twice, and the password stands in no log."""
    stream = camera(write_clip(tmp_path / "clip.h264"))
    with (
        RtspServer(dict.fromkeys(CAMERAS, stream), user="viewer", password="pw-secret") as server,
        FaultyProxy(server.port) as proxy,
    ):
        tables = "[edge]\nledger_span_s = 4\nanalysed_fps = 1\n" + "".join(
            f'[[camera]]\nid = "{name}"\nname = "{name}"\nplates = "none"\n'
            f'main = "{server.url(name, port=proxy.port, credentials="viewer:pw-secret")}"\n'
            for name in CAMERAS
        )
        running = run_city(tables)
        engine = open_engine(f"sqlite:///{running.database}")
        ledger = SqlCoverageStore(engine)

        def spans(name: str) -> list[Coverage]:
            return ledger.find(name, LONG_AGO, FAR_AHEAD)

        def all_turn(state: CoverageState, *reasons: GapReason) -> None:
            """Wait until each camera has a new span of that state and one of these reasons."""
            since = {name: ledger.covered_until(name) or LONG_AGO for name in CAMERAS}
            eventually(
                lambda: all(
                    any(
                        span.until_at > since[name] + timedelta(seconds=1)
                        and span.state is state
                        and (not reasons or span.reason in reasons)
                        for span in spans(name)
                    )
                    for name in CAMERAS
                ),
                running.said,
            )

        eventually(running.healthy, running.said)
        all_turn(CoverageState.ANALYSED)
        proxy.stall()
        all_turn(CoverageState.MISSING, GapReason.STALLED)
        proxy.flow()
        proxy.refuse()
        all_turn(CoverageState.MISSING, GapReason.UNREACHABLE)
        proxy.accept()
        all_turn(CoverageState.ANALYSED)
        for part in ("edge", "bus", "centre"):
            os.kill(running.children()[part], signal.SIGKILL)
            all_turn(CoverageState.ANALYSED)
            if part == "edge":
                reasons = {span.reason for name in CAMERAS for span in spans(name)}
                assert GapReason.EDGE_DOWN in reasons
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(90) == 0, running.said()

    for name in CAMERAS:
        for before, after in pairwise(spans(name)):
            assert before.until_at == after.from_at, (name, before, after)
    assert "pw-secret" not in running.said()
    engine.dispose()
