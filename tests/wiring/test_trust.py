"""Keys on their way from a device to the published list."""

import base64
from datetime import UTC, datetime, timedelta

from tests.wiring.fact_processes import settings_of

from sergek.adapters.evidence.trust import SigningKey, load_trust
from sergek.adapters.evidence.trust_file import TrustFile, key_event
from sergek.core.passage import passage_event
from sergek.core.ports import PassageFilter
from sergek.testing.examples import NOON, a_case_of, a_passage
from sergek.wiring.stores import centre_stores
from sergek.wiring.trust import open_trust, take_in


def test_a_devices_key_reaches_the_list_once(tmp_path):
    """Told again (after a kill between log and list) nothing changes; the centre's stands first."""
    settings = settings_of(tmp_path)
    trust, stores = open_trust(settings), centre_stores(settings)
    key = SigningKey.open(tmp_path / "device.pem")
    told = key_event(key.trusted("TRZ-0001", "device", datetime(2026, 1, 1, tzinfo=UTC)))
    take_in(stores.intake, trust, [told])
    first = trust.path.read_bytes()
    take_in(stores.intake, trust, [told])
    assert open_trust(settings).path.read_bytes() == first
    published, _ = load_trust(trust.path)
    assert [k.role for k in published.keys] == ["centre", "device"]
    assert (tmp_path / "device.pem").stat().st_mode & 0o777 == 0o600
    stores.engine.dispose()


def test_a_key_under_anothers_fingerprint_is_not_listed(tmp_path):
    """Nor one that says it is the centre's."""
    settings = settings_of(tmp_path)
    trust, stores = open_trust(settings), centre_stores(settings)
    key = SigningKey.open(tmp_path / "device.pem").trusted("X", "device", NOON)
    false = key.model_copy(update={"public_key": base64.b64encode(b"1" * 32).decode()})
    take_in(stores.intake, trust, [key_event(false)])
    other = SigningKey.open(tmp_path / "other.pem").trusted("Y", "centre", NOON)
    take_in(stores.intake, trust, [key_event(other)])
    published, _ = load_trust(trust.path)
    assert [k.owner for k in published.keys] == ["Test"]
    stores.engine.dispose()


def test_a_revoked_key_stays_on_the_list_and_says_why(tmp_path):
    """What it signed before stays good; the list's fingerprint changes."""
    trust = TrustFile(tmp_path / "trust.json")
    key = SigningKey.open(tmp_path / "device.pem").trusted("X", "device", NOON)
    trust.add(key)
    _, before = trust.load()
    trust.revoke(key.fingerprint, NOON + timedelta(days=3), "stolen", NOON + timedelta(days=4))
    listed, after = trust.load()
    assert before != after
    assert listed.keys[0].refusal("device", NOON + timedelta(days=2)) is None
    assert "stolen" in listed.keys[0].refusal("device", NOON + timedelta(days=3))


def test_a_violation_holds_its_passage_and_package_until_the_case_is_released(tmp_path):
    """After 30 days both are still there; after the release they go."""
    settings = settings_of(tmp_path)
    stores = centre_stores(settings)
    package = stores.evidence.put(b"a sealed package")
    passage = a_passage(1)
    case = a_case_of(passage, package)
    stores.intake.append([passage_event(passage), case])
    later = NOON + timedelta(days=31)
    assert stores.reads.expire(later) == []
    assert stores.reads.held(later) == [passage.passage_id]
    stores.reads.release(case.subject)
    assert stores.reads.expire(later) == [package]
    assert stores.reads.count(PassageFilter()) == 0
    stores.engine.dispose()


def test_an_authoritys_root_reaches_the_list(tmp_path):
    """From the administrator's file, once."""
    settings = settings_of(tmp_path)
    (tmp_path / "centre").mkdir()
    pem = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"
    (tmp_path / "centre" / "stamp-roots.pem").write_text(pem + pem.replace("MII", "MIJ"))
    for _ in range(2):
        published, _ = load_trust(open_trust(settings).path)
    assert [root.count("MI") for root in published.stamp_roots] == [1, 1]
