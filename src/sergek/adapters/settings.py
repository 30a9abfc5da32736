"""What an installation may choose about storage, the bus and processes."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from sergek.core.camera import Source

__all__ = ["BusSettings", "ProcessSettings", "StorageSettings"]

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class StorageSettings(BaseModel):
    """The table `[storage]`: where facts and pictures are kept and for how long.

    `data` is the folder of everything that is stored; `database` the centre's database
    (`sqlite:///FILE` or `postgresql://…`), by default a SQLite file in `data`. Passages without
    a case and their pictures are erased `passage_days` after they were recorded. An edge keeps
    what it has forwarded for `edge_hours` more, in case the bus loses its disk. `reserve_mib` of
    the disk stay free for facts: below that pictures are refused.
    """

    model_config = _FROZEN

    data: Path = Path("data")
    database: Source | None = None
    passage_days: float = Field(default=30.0, gt=0, le=3650)
    edge_hours: float = Field(default=24.0, gt=0, le=24 * 90)
    reserve_mib: int = Field(default=500, ge=0)


class BusSettings(BaseModel):
    """The table `[bus]`: the NATS server between edges and centre.

    Without `url` the centre starts its own server on `host` and `port` (0: any free one) with
    at most `store_mib` of facts in transit. `url` (`nats://HOST:PORT`) and `token` name one that
    runs elsewhere; the token is best given as SERGEK__BUS__TOKEN.
    """

    model_config = _FROZEN

    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535)
    url: Source | None = Field(default=None, pattern=r"^(nats|tls)://")
    token: SecretStr | None = Field(default=None, min_length=16)
    store_mib: int = Field(default=10_240, ge=64)


class ProcessSettings(BaseModel):
    """The table `[processes]`: cameras are dealt out to `edge_workers` processes."""

    model_config = _FROZEN

    edge_workers: int = Field(default=1, ge=1, le=64)
