"""The results file: every figure with its limit and the machine it was measured on."""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["RESULTS", "note"]

RESULTS = Path(__file__).parent.parent / "docs" / "ref" / "results.json"


def note(
    name: str, value: float, *, limit: float | None = None, least: float | None = None
) -> None:
    """Keep a figure; `limit` is the most, `least` the least that is wanted."""
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept[name] = {
        "value": round(value, 4),
        "limit": limit,
        "least": least,
        "load": round(os.getloadavg()[0], 1),
        "measured_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}",
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((x.split(":", 1)[1].strip() for x in lines if x.startswith("model name")), "?")
