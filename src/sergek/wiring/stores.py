"""The storage of a centre and of an edge, from the settings."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from sergek.adapters.disk.evidence import DiskEvidenceStore
from sergek.adapters.sql.coverage_store import SqlCoverageStore
from sergek.adapters.sql.cursor import SqlCursor
from sergek.adapters.sql.engine import open_engine
from sergek.adapters.sql.event_log import SqlEventLog
from sergek.adapters.sql.intake import Intake
from sergek.adapters.sql.migrate import upgrade
from sergek.adapters.sql.read_store import SqlReadStore
from sergek.centre.enforcement.projection import project_violations
from sergek.config.settings import Settings
from sergek.core.camera import SourceUrl

__all__ = [
    "CentreStores",
    "EdgeStores",
    "bus_folder",
    "centre_folder",
    "centre_stores",
    "database_url",
    "edge_folder",
    "edge_stores",
]


def centre_folder(settings: Settings) -> Path:
    """What the centre keeps: its lock, its pictures and, by default, its database."""
    return settings.storage.data / "centre"


def edge_folder(settings: Settings) -> Path:
    """What an edge keeps until it is forwarded."""
    return settings.storage.data / "edge"


def bus_folder(settings: Settings) -> Path:
    """What our own NATS server keeps."""
    return settings.storage.data / "bus"


def database_url(settings: Settings) -> str:
    """The centre's database; holds a password where the installation wrote one."""
    url = settings.storage.database
    if url is None:
        return f"sqlite:///{centre_folder(settings).absolute()}/facts.db"
    return url.secret() if isinstance(url, SourceUrl) else url


@dataclass(frozen=True, slots=True)
class CentreStores:
    """The centre's database and pictures; `intake` is the log that keeps its views in step."""

    engine: Engine
    log: SqlEventLog
    intake: Intake
    reads: SqlReadStore
    coverage: SqlCoverageStore
    evidence: DiskEvidenceStore


def centre_stores(settings: Settings) -> CentreStores:
    """Open (and bring up to date) what the centre stores in."""
    engine = open_engine(database_url(settings))
    upgrade(engine)
    log = SqlEventLog(engine)
    return CentreStores(
        engine=engine,
        log=log,
        intake=Intake(engine, log, projections=(project_violations,)),
        reads=SqlReadStore(engine),
        coverage=SqlCoverageStore(engine),
        evidence=DiskEvidenceStore(
            centre_folder(settings) / "evidence", settings.storage.reserve_mib
        ),
    )


@dataclass(frozen=True, slots=True)
class EdgeStores:
    """An edge's own log and pictures, shared by its worker processes."""

    engine: Engine
    log: SqlEventLog
    intake: Intake
    coverage: SqlCoverageStore
    evidence: DiskEvidenceStore
    cursor: SqlCursor


def edge_stores(settings: Settings) -> EdgeStores:
    """Open (and bring up to date) what an edge stores in until it is forwarded."""
    folder = edge_folder(settings)
    engine = open_engine(f"sqlite:///{folder.absolute()}/log.db")
    upgrade(engine)
    log = SqlEventLog(engine)
    return EdgeStores(
        engine=engine,
        log=log,
        intake=Intake(engine, log, passages=False),
        coverage=SqlCoverageStore(engine),
        evidence=DiskEvidenceStore(folder / "evidence", settings.storage.reserve_mib),
        cursor=SqlCursor(engine, "bus"),
    )
