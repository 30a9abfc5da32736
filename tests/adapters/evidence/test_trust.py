"""Keys on disk and the published list."""

import pytest

from sergek.adapters.evidence.trust import SigningKey, TrustList, load_trust
from sergek.core.errors import ConfigError


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path):
    """The second opening finds the same key; others cannot read it."""
    path = tmp_path / "device.pem"
    first = SigningKey.open(path)
    assert path.stat().st_mode & 0o077 == 0
    assert SigningKey.open(path).fingerprint == first.fingerprint
    assert "SigningKey object" in repr(first)


def test_a_key_that_others_can_read_is_refused(tmp_path):
    """One sentence says what to do."""
    path = tmp_path / "device.pem"
    SigningKey.open(path)
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        SigningKey.open(path)


def test_other_files_are_no_keys(tmp_path):
    """Neither text nor another algorithm."""
    path = tmp_path / "device.pem"
    path.touch(mode=0o600)
    path.write_text("hello")
    with pytest.raises(ConfigError, match="no private key"):
        SigningKey.open(path)


def test_the_trust_list_is_read_with_its_fingerprint(case, tmp_path):
    """The list survives its file, and any change of the file changes the fingerprint."""
    path = tmp_path / "trust.json"
    path.write_text(case.trust.model_dump_json())
    trust, fingerprint = load_trust(path)
    assert trust == case.trust
    path.write_text(case.trust.model_dump_json() + " ")
    assert load_trust(path)[1] != fingerprint


def test_other_files_are_no_trust_lists(tmp_path):
    """One sentence each."""
    path = tmp_path / "trust.json"
    with pytest.raises(ConfigError, match="There is no file"):
        load_trust(path)
    path.write_text("{}")
    with pytest.raises(ConfigError, match="no trust list"):
        load_trust(path)


def test_a_key_whose_fingerprint_was_swapped_verifies_nothing(case):
    """The list's fingerprint must be that of its key."""
    device, centre = case.trust.keys
    swapped = device.model_copy(update={"public_key": centre.public_key})
    assert not swapped.signed(b"x", case.centre.sign(b"x"))
    assert TrustList(published_at=case.trust.published_at, keys=(swapped,)).find("d" * 64) is None
