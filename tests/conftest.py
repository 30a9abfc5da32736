"""What every test may use: the shared test data, if this machine has it."""

import os
from pathlib import Path

import pytest

from sergek.testing.rtsp import APT_LINE, RtspServer


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of shared test data; skips the test where it is absent."""
    root = Path(os.environ.get("SERGEK_SHARED", "../shared")).resolve()
    data = root / "data"
    if not data.is_dir():
        pytest.skip(f"no shared test data at {root} (set SERGEK_SHARED)")
    return data


@pytest.fixture(scope="session")
def rtsp() -> None:
    """Skips the test where no real RTSP server can run."""
    if not RtspServer.available():
        pytest.skip(f"no RTSP server here: {APT_LINE}")
