"""`sergek run` on PostgreSQL, and on a disk that fills up."""

import signal

import pytest

from sergek.adapters.sql.coverage_store import SqlCoverageStore
from sergek.adapters.sql.engine import open_engine
from sergek.adapters.sql.event_log import SqlEventLog


def _ends_whole(running) -> None:
    """SIGTERM ends the node; its log is one chain without a repeat and with every passage."""
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(90) == 0, running.said()
    engine = open_engine(running.url)
    log = SqlEventLog(engine)
    events = log.read(0, 10**6)
    assert log.verify().seq == len(events) == len({event.event_id for event in events})
    kinds = [event.kind for event in events]
    assert kinds.count("passage.recorded") == running.passages()
    assert "fact.rejected" not in kinds
    assert SqlCoverageStore(engine).covered_until("abay-1") is not None
    engine.dispose()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_whole_node_keeps_its_facts_in_postgresql(run_city, eventually, database_url) -> None:
    """The centre's database is a server's: passages come, pages answer, the chain is whole."""
    running = run_city(database=database_url)
    eventually(lambda: running.healthy() and running.passages() > 1, running.said)
    _ends_whole(running)


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("small_disk", [160], indirect=True)
def test_a_node_whose_disk_fills_up_goes_on_when_there_is_room(
    run_city, eventually, small_disk
) -> None:
    """Nothing dies for good, nothing is lost or doubled, and passages come again."""
    running = run_city(data=small_disk.root / "data")
    eventually(lambda: running.healthy() and running.passages() > 0, running.said)
    small_disk.fill()
    # What happens in these seconds cannot be stored.
    held = running.passages()
    eventually(lambda: "No space" in running.said() or "full" in running.said(), running.said)
    small_disk.make_room()
    eventually(lambda: running.healthy() and running.passages() > held + 1, running.said)
    _ends_whole(running)
