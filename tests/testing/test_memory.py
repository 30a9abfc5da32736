"""The ports in memory pass the same contracts as the real ones."""

import pytest

from sergek.testing.contracts import (
    CoverageStoreContract,
    EventLogContract,
    EvidenceStoreContract,
    ReadStoreContract,
)
from sergek.testing.memory import (
    MemoryBus,
    MemoryCoverageStore,
    MemoryEventLog,
    MemoryEvidenceStore,
    MemoryReadStore,
)


class TestMemoryEventLog(EventLogContract):
    """The contract in memory."""

    @pytest.fixture
    def log(self) -> MemoryEventLog:
        return MemoryEventLog()


class TestMemoryEvidenceStore(EvidenceStoreContract):
    """The contract in memory."""

    @pytest.fixture
    def evidence(self) -> MemoryEvidenceStore:
        return MemoryEvidenceStore()


class TestMemoryReadStore(ReadStoreContract):
    """The contract in memory."""

    @pytest.fixture
    def reads(self) -> MemoryReadStore:
        return MemoryReadStore()


class TestMemoryCoverageStore(CoverageStoreContract):
    """The contract in memory."""

    @pytest.fixture
    def ledger(self) -> MemoryCoverageStore:
        return MemoryCoverageStore()


def test_the_bus_delivers_by_pattern_until_closed() -> None:
    """`*` is one token, `>` the rest; a closed subscription hears nothing."""
    bus, heard = MemoryBus(), []
    closers = [
        bus.subscribe(pattern, lambda subject, data, p=pattern: heard.append((p, subject)))
        for pattern in ("sergek.status.*", "sergek.>", "sergek.status.abay-1")
    ]
    bus.publish("sergek.status.abay-1", b"")
    bus.publish("sergek.status.abay-1.x", b"")
    assert sorted(heard) == [
        ("sergek.>", "sergek.status.abay-1"),
        ("sergek.>", "sergek.status.abay-1.x"),
        ("sergek.status.*", "sergek.status.abay-1"),
        ("sergek.status.abay-1", "sergek.status.abay-1"),
    ]
    heard.clear()
    for closer in closers:
        closer.close()
    bus.publish("sergek.status.abay-1", b"")
    assert heard == []
