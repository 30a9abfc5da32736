"""The district passport on paper, in Kazakh or Russian: counts only."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from sergek.adapters.paper import sheets
from sergek.core.precinct_paper import PassportSheet

__all__ = ["PrecinctPaperPrinter"]

_SHARES = (0.13, 0.2, 0.42, 0.25)


class PrecinctPaperPrinter:
    """`core.precinct_paper.PrecinctPapers` with ReportLab."""

    def passport(self, sheet: PassportSheet, language: Literal["kk", "ru"]) -> bytes:
        """See `core.precinct_paper.PrecinctPapers.passport`."""
        said = _words()[language]
        people = [
            ", ".join(
                part
                for part in (
                    name,
                    rank,
                    f"{said['since']} {since:%d.%m.%Y}",
                    said["acting"] if acting else "",
                )
                if part
            )
            for name, rank, since, acting in sheet.inspectors
        ]
        rows = [
            (said["city"], sheet.city),
            (said["precinct"], sheet.precinct),
            (said["division"], sheet.division),
            (said["residents"], f"{sheet.residents:,}".replace(",", " ")),
            (said["station"], sheet.station),
            (said["phone"], sheet.phone),
            (said["hours"], sheet.hours),
            (said["inspectors"], "\n".join(people)),
            (said["day"], f"{sheet.printed_on:%d.%m.%Y}"),
        ]
        story: list[Flowable] = [sheets.title(f"{said['title']} {sheet.precinct}")]
        if sheet.synthetic:
            story.append(sheets.bold(said["synthetic"]))
        story += [sheets.labelled(rows), Spacer(1, 4 * mm), sheets.bold(said["works"])]
        head = [said[key] for key in ("day", "kind", "counts", "note")]
        lines = [
            [
                f"{day:%d.%m.%Y}",
                said["kinds"][kind],
                ", ".join(f"{said['names'].get(key, key)}: {n}" for key, n in counts.items()),
                text,
            ]
            for kind, day, counts, text in sheet.counts
        ]
        story += [Spacer(1, 1.5 * mm), sheets.grid(head, lines, _SHARES)]
        story += [Spacer(1, 8 * mm), sheets.text(said["signed"])]
        return sheets.build(story, f"{sheet.city} · {sheet.precinct}")


@cache
def _words() -> dict[str, Any]:
    source = files("sergek.adapters.paper") / "passport.toml"
    return tomllib.loads(source.read_text("utf-8"))
