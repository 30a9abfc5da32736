"""The phone form: 200 defects recorded offline, the network cut three times, the centre killed.

Runs the scenario of `tests/centre/roads/test_phone_browser.py` in Chromium and keeps its counts.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench._results import note

__all__ = ["run"]

_ROOT = Path(__file__).parent.parent
_TEST = "tests/centre/roads/test_phone_browser.py"
_NAME = "test_200_defects_recorded_offline_arrive_each_once"


def run() -> None:
    """Print and keep how many of the 200 arrived and how many facts are too many."""
    with TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.json"
        environment = {**os.environ, "SERGEK_FIGURES": str(figures)}
        command = [sys.executable, "-m", "pytest", "-q", f"{_TEST}::{_NAME}"]
        subprocess.run(command, cwd=_ROOT, env=environment, check=True)
        if not figures.exists():
            print("the scenario was skipped: it needs Debian's chromium")
            return
        counted = json.loads(figures.read_text())
    note("phone.defects_with_photo_arrived", counted["arrived"], least=200)
    note("phone.facts_doubled", counted["doubled"], limit=0)
    note("phone.send_s_with_three_cuts_and_a_kill", counted["send_s"])
    arrived, doubled, took_s = counted["arrived"], counted["doubled"], counted["send_s"]
    print(f"{arrived} of 200 arrived, {doubled} doubled, {took_s:.0f} s")
