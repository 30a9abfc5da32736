"""What `sergek check` tries: each probe says what it found and what to mend."""

import ctypes
import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from sergek.adapters.disk.evidence import DiskEvidenceStore
from sergek.adapters.nats.server import server_program
from sergek.adapters.sql.engine import open_engine
from sergek.adapters.sql.migrate import check_revision
from sergek.config.settings import Settings
from sergek.core.camera import Camera, SourceUrl
from sergek.core.errors import Corrupt, SergekError, Unavailable
from sergek.wiring.bus import connect_bus, own_server
from sergek.wiring.plugins import detector_of, open_source
from sergek.wiring.stores import bus_folder, centre_folder, database_url

__all__ = ["Finding", "State", "probe", "worst"]

State = Literal["good", "warning", "bad"]

_GIB = 1 << 30
_BUS_WAIT_S = 5.0
# Packets looked at before a camera counts as one that cannot be decoded: about two GOPs.
_PACKETS = 250
# adjtimex(2): the status bit of a clock that nobody synchronises.
_STA_UNSYNC = 0x40
_OLDEST_YEAR = 2026


class Finding(NamedTuple):
    """One probe's result; `sentence` is for a person and holds no credentials."""

    what: str
    state: State
    sentence: str
    figures: dict[str, Any]


def probe(settings: Settings, only: str | None = None) -> Iterator[Finding]:
    """Every probe in turn; none changes what a later run stores."""
    yield _guarded("clock", _clock)
    yield _guarded("disk", lambda: _disk(settings))
    if only != "edge":
        yield _guarded("database", lambda: _database(settings))
        where = (settings.centre.host, settings.centre.port)
        yield _guarded("pages", lambda: _port("pages", *where, centre_folder(settings)))
    yield _guarded("bus", lambda: _bus(settings))
    if only != "centre":
        yield _guarded("detector", lambda: _detector(settings))
        yield from _cameras(settings)


def _guarded(what: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except SergekError as error:
        return Finding(what, "bad", error.message, {})


def _clock() -> Finding:
    year = time.gmtime().tm_year
    if year < _OLDEST_YEAR:
        return Finding("clock", "bad", f"The clock says it is {year}: set it.", {"year": year})
    status = _clock_status()
    if status is not None and status & _STA_UNSYNC:
        sentence = "Nothing keeps this machine's clock right: install chrony or systemd-timesyncd."
        return Finding("clock", "warning", sentence, {"synchronised": False})
    return Finding("clock", "good", "The clock is kept right.", {"synchronised": True})


def _clock_status() -> int | None:
    """The kernel's clock status bits (`struct timex`, adjtimex(2)), if it tells."""
    buffer = (ctypes.c_long * 64)()
    library = ctypes.CDLL(None)
    if not hasattr(library, "adjtimex") or library.adjtimex(ctypes.byref(buffer)) < 0:
        return None
    # modes is an int padded to a long; then offset, freq, maxerror, esterror; then status.
    return int(buffer[5]) & 0xFFFF


def _disk(settings: Settings) -> Finding:
    folder = settings.storage.data
    evidence = DiskEvidenceStore(folder / "check", reserve_mib=0)
    began_s = time.perf_counter()
    key = evidence.put(os.urandom(200_000))
    write_ms = (time.perf_counter() - began_s) * 1e3
    evidence.get(key)
    shutil.rmtree(folder / "check")
    free = shutil.disk_usage(folder).free
    figures = {"free_gib": round(free / _GIB, 1), "picture_write_ms": round(write_ms, 1)}
    reserve_gib = settings.storage.reserve_mib / 1024
    said = f"{folder} has {figures['free_gib']} GiB free; a picture is safe after {write_ms:.0f} ms"
    if free / _GIB < reserve_gib:
        sentence = f"{said}: less than the reserve of {reserve_gib:.1f} GiB, free some space."
        return Finding("disk", "bad", sentence, figures)
    if free / _GIB < reserve_gib + 5:
        return Finding("disk", "warning", f"{said}: that will not last long.", figures)
    return Finding("disk", "good", f"{said}.", figures)


def _database(settings: Settings) -> Finding:
    url = database_url(settings)
    kind = url.split(":")[0].split("+")[0]
    if kind == "sqlite" and not Path(url.removeprefix("sqlite:///")).exists():
        return Finding("database", "good", "The SQLite database will be made.", {"kind": kind})
    engine = open_engine(url)
    try:
        revision = check_revision(engine)
    finally:
        engine.dispose()
    found = f"at schema {revision}" if revision else "empty"
    figures = {"kind": kind, "schema": revision}
    return Finding("database", "good", f"The {kind} database answers and is {found}.", figures)


def _port(what: str, host: str, port: int, folder: Path) -> Finding:
    figures = {"host": host, "port": port}
    if port == 0:
        return Finding(what, "good", "Any free port will be taken.", figures)
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        hint = f"stop what uses it (perhaps a Sergek on {folder}) or choose another port"
        return Finding(
            what, "bad", f"{host}:{port} cannot be listened on ({why}): {hint}.", figures
        )
    return Finding(what, "good", f"{host}:{port} is free.", figures)


def _bus(settings: Settings) -> Finding:
    if settings.bus.url is None:
        program = server_program()
        port = settings.bus.port
        if port == 0 and (bus_folder(settings) / "port").exists():
            port = own_server(settings).port
        finding = _port("bus", settings.bus.host, port, bus_folder(settings))
        return finding._replace(figures={**finding.figures, "program": str(program)})
    connection = connect_bus(settings, "check")
    try:
        connection.wait_up(_BUS_WAIT_S)
        account = connection.call(_jetstream_account(connection), _BUS_WAIT_S)
    finally:
        connection.close()
    sentence = "The bus answers, takes the token and keeps facts on its disk."
    return Finding("bus", "good", sentence, {"streams": account})


async def _jetstream_account(connection: Any) -> int:
    return int((await connection.jetstream(_BUS_WAIT_S).account_info()).streams)


def _detector(settings: Settings) -> Finding:
    detector = detector_of(settings.detector)
    width = settings.edge.detection_width_px
    picture = np.zeros((width * 9 // 16, width, 3), np.uint8)
    detector.detect([picture])
    rounds = 5
    began_s = time.perf_counter()
    for _ in range(rounds):
        detector.detect([picture])
    ms = (time.perf_counter() - began_s) / rounds * 1e3
    cores = os.cpu_count() or 1
    measured = {channel.camera_id for site in settings.site for channel in site.channels}
    pictures_per_s = sum(
        settings.edge.site_fps if camera.id in measured else settings.edge.analysed_fps
        for camera in settings.camera
    )
    wanted = pictures_per_s * ms / 1e3
    figures = {
        "name": detector.name,
        "ms_per_picture": round(ms, 1),
        "pictures_per_s": pictures_per_s,
        "cores": cores,
    }
    said = (
        f"{detector.name} takes {ms:.0f} ms a picture; {len(settings.camera)} cameras whose gate "
        f"is always open would need {wanted:.1f} of {cores} cores"
    )
    if wanted > cores:
        return Finding("detector", "warning", f"{said}: seconds will be left out.", figures)
    return Finding("detector", "good", f"{said}.", figures)


def _cameras(settings: Settings) -> Iterator[Finding]:
    streams = [
        (f"camera {camera.id}" + (f" ({role})" if role == "sub" else ""), camera, url)
        for camera in settings.camera
        for role, url in (("main", camera.main), ("sub", camera.sub))
        if url is not None
    ]

    def look(item: tuple[str, Camera, str]) -> Finding:
        what, camera, url = item
        return _guarded(what, lambda: _stream(what, camera, url))

    with ThreadPoolExecutor(8) as pool:
        yield from pool.map(look, streams)
    if not settings.camera:
        yield Finding("cameras", "warning", "The file names no [[camera]].", {})


def _stream(what: str, camera: Camera, url: str) -> Finding:
    began_s = time.perf_counter()
    source = open_source(url.secret() if isinstance(url, SourceUrl) else url, realtime=False)
    try:
        info = source.info
        _first_picture(source)
    finally:
        source.close()
    figures = {
        "codec": info.codec,
        "width": info.width,
        "height": info.height,
        "fps": info.nominal_fps,
        "first_picture_s": round(time.perf_counter() - began_s, 2),
    }
    said = f"{camera.name}: {info.codec} {info.width}×{info.height}"
    if url is camera.main and info.codec not in ("h264", "stills"):
        hint = "the live wall shows H.264 only; passages are recorded all the same"
        return Finding(what, "warning", f"{said}: {hint}.", figures)
    after_s = figures["first_picture_s"]
    return Finding(what, "good", f"{said}, first picture after {after_s} s.", figures)


def _first_picture(source: Any) -> None:
    decoder = source.decoder()
    for number, packet in enumerate(source.packets()):
        try:
            if decoder.decode(packet):
                return
        except Corrupt:
            continue
        if number > _PACKETS:
            break
    if not decoder.flush():
        raise Unavailable("The stream opens, but no picture of it can be decoded.")


def worst(findings: list[Finding]) -> State:
    """The worst state among them."""
    states = {finding.state for finding in findings}
    return "bad" if "bad" in states else "warning" if "warning" in states else "good"
