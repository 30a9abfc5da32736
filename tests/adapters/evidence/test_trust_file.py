"""The published list under revocations, and under two processes that change it at once."""

import subprocess
import sys
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sergek.adapters.evidence.trust import TrustList
from sergek.adapters.evidence.trust_file import TrustFile
from sergek.core.errors import ConfigError, Conflict
from sergek.testing.facts import WHEN

_ADDS = """
import sys
from pathlib import Path
from sergek.adapters.evidence.trust import SigningKey
from sergek.adapters.evidence.trust_file import TrustFile
from sergek.testing.facts import WHEN
folder, who = Path(sys.argv[1]), sys.argv[2]
keys = [SigningKey.open(folder / f"{who}-{n}.pem") for n in range(15)]
print("ready", flush=True)
sys.stdin.readline()
for key in keys:
    TrustFile(folder / "trust.json").add(key.trusted(who, "device", WHEN))
"""


@settings(max_examples=30, deadline=None)
@given(hours=st.lists(st.integers(0, 9), min_size=1, max_size=5))
def test_a_key_never_becomes_good_again(keys, tmp_path_factory, hours):
    """Whatever is tried in whatever order, it is bad from the earliest moment that was given."""
    trust = TrustFile(tmp_path_factory.mktemp("list") / "trust.json")
    key = keys("device").trusted("X", "device", WHEN)
    trust.add(key)
    earliest = 10
    for hour in hours:
        since = WHEN + timedelta(hours=hour)
        if hour > earliest:
            with pytest.raises(Conflict, match="never becomes good again"):
                trust.revoke(key.fingerprint, since, "lost", since)
            continue
        earliest = hour
        assert trust.revoke(key.fingerprint, since, "lost", since).revoked_from == since
    trust.add(key)
    assert trust.current()[0].keys[0].revoked_from == WHEN + timedelta(hours=min(hours))


def test_two_processes_lose_none_of_each_others_changes(tmp_path):
    """Each adds fifteen keys as fast as it can; all thirty stand on the list."""
    command = [sys.executable, "-c", _ADDS, str(tmp_path)]
    pipe = subprocess.PIPE
    both = [subprocess.Popen([*command, who], stdin=pipe, stdout=pipe) for who in ("a", "b")]
    for one in both:
        assert one.stdout.readline() == b"ready\n"
    for one in both:
        one.stdin.write(b"\n")
        one.stdin.flush()
    for one in both:
        one.communicate()
        assert one.returncode == 0
    owners = sorted(key.owner for key in TrustFile(tmp_path / "trust.json").current()[0].keys)
    assert owners == ["a"] * 15 + ["b"] * 15


def test_a_beginning_that_two_keys_share_names_neither(case):
    """More digits are asked for."""
    device, centre = case.trust.keys
    twin = centre.model_copy(update={"fingerprint": device.fingerprint[:8] + "0" * 56})
    shared = TrustList(published_at=WHEN, keys=(device, twin))
    with pytest.raises(ConfigError, match="2 keys begin"):
        shared.meant(device.fingerprint[:8])
    assert shared.meant(device.fingerprint[:20]) == device
