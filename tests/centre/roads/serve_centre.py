"""A centre in a process of its own, to be killed: DATABASE EVIDENCE_FOLDER PORT."""

import sys
from pathlib import Path

from sergek.adapters.disk.evidence import DiskEvidenceStore
from sergek.adapters.sql.coverage_store import SqlCoverageStore
from sergek.adapters.sql.engine import open_engine
from sergek.adapters.sql.event_log import SqlEventLog
from sergek.adapters.sql.read_store import SqlReadStore
from sergek.centre.app import Wiring, serve
from sergek.centre.settings import CentreSettings
from sergek.core.clock import SystemClock
from sergek.testing.memory import MemoryBus

if __name__ == "__main__":
    database, folder, port = sys.argv[1:]
    engine = open_engine(f"sqlite:///{database}")
    serve(
        Wiring(
            settings=CentreSettings(language="en", port=int(port)),
            engine=engine,
            log=SqlEventLog(engine),
            reads=SqlReadStore(engine),
            coverage=SqlCoverageStore(engine),
            evidence=DiskEvidenceStore(Path(folder), 0),
            bus=MemoryBus(),
            cameras={},
            clock=SystemClock(),
        )
    ).run()
