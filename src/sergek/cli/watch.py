"""`sergek watch SOURCE`: one source's passages, with nothing installed or stored."""

import contextlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from sergek.core.camera import Camera, SourceUrl, redacted
from sergek.core.errors import ConfigError
from sergek.core.site import Site
from sergek.core.violation import Violation, violation_id
from sergek.edge.annotation import Annotation
from sergek.edge.reading import Draft
from sergek.edge.watching import Watched
from sergek.traffic.assess import speed_json, violation_json
from sergek.traffic.sitefile import load_sites
from sergek.wiring.watching import watch_source

__all__ = ["Plates", "as_json", "watch"]

Line = tuple[float, float, float, float]


class Plates(StrEnum):
    """Which plates are read."""

    KZ = "kz"
    ANY = "any"
    NONE = "none"


def watch(
    source: Annotated[str, typer.Argument(help="rtsp://…, a video file or a folder of photos")],
    line: Annotated[
        list[str] | None,
        typer.Option(help="X1,Y1,X2,Y2 in pixels; repeat for more lines", metavar="X1,Y1,X2,Y2"),
    ] = None,
    plates: Annotated[Plates, typer.Option(help="whose plates are read")] = Plates.KZ,
    annotate: Annotated[
        Path | None, typer.Option(help="write the analysed pictures with boxes as a video")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="write passages and pictures there")] = None,
    as_lines: Annotated[
        bool, typer.Option("--json", help="one JSON object per passage and line")
    ] = False,
    fps: Annotated[float, typer.Option(help="pictures analysed per second", min=1, max=60)] = 10.0,
    site: Annotated[
        Path | None, typer.Option(help="measure and judge by this site file (reads every picture)")
    ] = None,
    channel: Annotated[
        str | None, typer.Option(help="which of the site's cameras; needed if it has several")
    ] = None,
    at: Annotated[
        datetime | None, typer.Option(help="wall time (UTC) of a recording's first picture")
    ] = None,
) -> None:
    """Analyse one source from beginning to end and tell every passage."""
    place = None if site is None else _channel(site, channel)
    camera = Camera(
        id="watch" if place is None else place[1],
        name="watch",
        main=source,
        lines=tuple(_line(text) for text in line or ()),
        plates=plates.value,
    )
    found: list[dict[str, Any]] = []
    writer = None if out is None else _Folder(out)
    errors = Console(stderr=True)
    with _annotation(annotate, fps, camera) as seen, _progress(errors) as tell:

        def passed(draft: Draft) -> None:
            picture = None
            if writer is not None:
                picture, draft = writer.put(draft), writer.put_packages(draft)
            told = as_json(camera, draft, picture)
            found.append(told)
            tell(len(found))
            if writer is not None:
                writer.append(told)
            if as_lines:
                print(json.dumps(told, ensure_ascii=False), flush=True)

        result = watch_source(
            camera,
            analysed_fps=fps if place is None else max(fps, 25.0),
            passed=passed,
            seen=seen,
            site=None if place is None else place[0],
            started_at=None if at is None else at.replace(tzinfo=UTC),
            key_folder=out,
        )
    if not as_lines:
        Console().print(_table(found))
    errors.print(_summary(result, found))


def as_json(camera: Camera, draft: Draft, picture: str | None) -> dict[str, Any]:
    """A passage with the keys of `docs/ref/watch.md`."""
    passage, plate = draft.passage, draft.passage.plate
    best = draft.pictures[0] if draft.pictures else None
    judged = draft.assessment
    source = camera.main.secret() if isinstance(camera.main, SourceUrl) else camera.main
    return {
        "passage_id": passage.passage_id,
        "camera": redacted(source) if judged is None else camera.id,
        "class": passage.vehicle_class.value,
        "entered_s": round(passage.entered_s, 3),
        "left_s": round(passage.left_s, 3),
        "lane": passage.lane,
        "crossings": [
            {"line": each.line, "media_s": round(each.media_s, 3), "direction": each.direction}
            for each in passage.crossings
        ],
        "plate": None
        if plate is None
        else {
            "text": plate.text,
            "raw": list(plate.raw),
            "layout": plate.layout,
            "confidence": round(plate.confidence, 4),
            "status": plate.status.value,
        },
        "speed": None if judged is None else speed_json(judged.speed),
        "violations": violation_json(_violations(draft)),
        "best_frame": None
        if best is None
        else {
            "media_s": round(best.media_s, 3),
            "box": [
                round(best.box.x1, 1),
                round(best.box.y1, 1),
                round(best.box.width, 1),
                round(best.box.height, 1),
            ],
            "picture": picture,
        },
    }


def _violations(draft: Draft) -> Sequence[Violation]:
    """Those of the draft, with their packages where they were written."""
    if draft.cases:
        return [case.violation for case in draft.cases]
    return () if draft.assessment is None else draft.assessment.violations


def _channel(path: Path, wanted: str | None) -> tuple[Site, str]:
    """The site and channel that the source is; one sentence if that is not clear."""
    pairs = [(site, c.camera_id) for site in load_sites(path) for c in site.channels]
    fitting = [pair for pair in pairs if wanted is None or pair[1] == wanted]
    if len(fitting) != 1:
        names = ", ".join(camera_id for _, camera_id in pairs)
        raise ConfigError(f"--channel: say which camera of {path.name} this is: {names}")
    return fitting[0]


def _line(text: str) -> Line:
    numbers = re.split(r"\s*,\s*", text.strip())
    try:
        x1, y1, x2, y2 = (float(number) for number in numbers)
    except ValueError:
        raise ConfigError(f"--line {text!r}: give four numbers, X1,Y1,X2,Y2") from None
    if (x1, y1) == (x2, y2):
        raise ConfigError(f"--line {text!r}: the two ends are the same point")
    return x1, y1, x2, y2


class _Folder:
    """`--out DIR`: `passages.jsonl` and the pictures, named by passage."""

    def __init__(self, folder: Path) -> None:
        try:
            (folder / "pictures").mkdir(parents=True, exist_ok=True)
            self._lines = (folder / "passages.jsonl").open("w", encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"--out {folder} cannot be written: {error.strerror}") from None
        self._folder = folder

    def put(self, draft: Draft) -> str | None:
        """Store the pictures; the path of the best one, relative to the folder."""
        names = []
        for picture in draft.pictures:
            name = f"pictures/{draft.passage.passage_id}-{picture.kind}.jpg"
            (self._folder / name).write_bytes(picture.data)
            names.append(name)
        return names[0] if names else None

    def put_packages(self, draft: Draft) -> Draft:
        """Store the cases' packages; the draft whose violations name them."""
        cases = []
        for case in draft.cases:
            if case.package is None:
                cases.append(case)
                continue
            case_id = violation_id(draft.passage.passage_id, case.violation.offence)
            (self._folder / "packages").mkdir(exist_ok=True)
            (self._folder / "packages" / f"{case_id}.zip").write_bytes(case.package)
            path = f"packages/{case_id}.zip"
            cases.append(
                replace(case, violation=case.violation.model_copy(update={"package": path}))
            )
        return replace(draft, cases=tuple(cases))

    def append(self, told: dict[str, Any]) -> None:
        """One more passage."""
        self._lines.write(json.dumps(told, ensure_ascii=False) + "\n")
        self._lines.flush()


@contextlib.contextmanager
def _annotation(path: Path | None, fps: float, camera: Camera) -> Iterator[Any]:
    if path is None:
        yield None
        return
    with Annotation(path, fps, camera.lines) as annotation:
        yield annotation.add


@contextlib.contextmanager
def _progress(console: Console) -> Iterator[Any]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("no passage yet")

        def tell(count: int) -> None:
            progress.update(task, description=f"{count} passages")

        yield tell


def _table(found: list[dict[str, Any]]) -> Table:
    table = Table("entered", "left", "class", "plate", "status", "lane", "crossings")
    for told in found:
        plate = told["plate"] or {}
        crossings = ", ".join(
            f"{each['line']}{'+' if each['direction'] > 0 else '−'} at {each['media_s']:.2f} s"
            for each in told["crossings"]
        )
        table.add_row(
            f"{told['entered_s']:.1f} s",
            f"{told['left_s']:.1f} s",
            told["class"],
            plate.get("text") or "–",
            plate.get("status", "–"),
            str(told["lane"] or "–"),
            crossings or "–",
        )
    return table


def _summary(result: Watched, found: list[dict[str, Any]]) -> str:
    parts = [
        f"{len(found)} passage{'' if len(found) == 1 else 's'}; "
        f"{result.pictures} pictures read, {result.analysed} analysed",
    ]
    if result.spoilt:
        many = "1 packet" if result.spoilt == 1 else f"{result.spoilt} packets"
        parts.append(f"{many} could not be decoded")
    if result.ended != "the source ended":
        parts.append(result.ended)
    return "; ".join(parts)
