"""`docs/ref/performance.md` from the results file: each figure, its limit, the command."""

import json
from pathlib import Path
from typing import Any

from bench._results import RESULTS

__all__ = ["write_page"]

_PAGE = RESULTS.with_name("performance.md")
_HEAD = """# Performance

Measured, never estimated: each row by `make bench` or by the one command beside it
(`.venv/bin/python -m bench NAME`). *Ratio* is the value over what it may be at most, or what it
must be at least over the value, so that 1.00 or less is reached. *Load* is the machine's load
average at that moment: far above its two cores other work disturbed the figure. Times on other
machines differ; ratios to bare parts measured in the same run carry over. Accuracy stands in
[accuracy](accuracy.md), plans in [planning](planning.md). The soak of twenty minutes:
`.venv/bin/python -m bench.soak --minutes 20`;
what limits the pipeline, and what was tried, stands below the table.

"""


def write_page(page: Path = _PAGE) -> None:
    """Write the page from what is in the results file now."""
    kept: dict[str, dict[str, Any]] = json.loads(RESULTS.read_text())
    lines = ["| figure | value | limit | ratio | load | command |", "|---|---|---|---|---|---|"]
    lines += [_row(name, kept[name]) for name in sorted(kept)]
    machines = sorted({each["machine"] for each in kept.values()})
    days = sorted(each["measured_at"][:10] for each in kept.values())
    tail = f"\nMachine: {'; '.join(machines)}. Measured {days[0]} to {days[-1]}.\n"
    notes = Path(__file__).with_name("notes.md").read_text()
    page.write_text(_HEAD + "\n".join(lines) + "\n" + tail + "\n" + notes)


def _row(name: str, kept: dict[str, Any]) -> str:
    value, limit, least = kept["value"], kept["limit"], kept["least"]
    wanted, ratio = "", ""
    if limit is not None:
        within = "0.00" if value == 0 else "∞"
        wanted, ratio = f"≤ {limit:g}", f"{value / limit:.2f}" if limit else within
    elif least is not None:
        wanted, ratio = f"≥ {least:g}", f"{least / value:.2f}" if value else "∞"
    bench = name.split(".", 1)[0]
    load = kept.get("load", "")
    return f"| {name} | {value:g} | {wanted} | {ratio} | {load} | `python -m bench {bench}` |"
