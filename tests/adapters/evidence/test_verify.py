"""A package is believed only if every byte, the key and the speed hold."""

import json
import re
import subprocess
import sys
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sergek.adapters.evidence.container import MANIFEST, SIGNATURE, pack, unpack
from sergek.adapters.evidence.manifest import Manifest
from sergek.adapters.evidence.package import Media, public_copy
from sergek.adapters.evidence.verify import verify
from sergek.testing.facts import WHEN

LIST = "c" * 64


def faults(report):
    return {check.name: check.detail for check in report.checks if not check.ok}


def test_a_genuine_package_is_believed_and_its_speed_computed_anew(case):
    """All checks hold; the speed is the one in the violation."""
    report = verify(case.original.data, case.trust, LIST)
    assert report.ok, report.checks
    assert report.signed_by == "TRZ-0001"
    assert report.trial
    assert abs(report.kmh - 97) < 2


def test_the_command_believes_it_too_and_loads_no_engine_and_no_web(case, tmp_path):
    """The accused waits for what checking needs and nothing else."""
    package, trust = tmp_path / "case.zip", tmp_path / "trust.json"
    package.write_bytes(case.original.data)
    trust.write_text(case.trust.model_dump_json(), encoding="utf-8")
    python = [sys.executable, "-X", "importtime", "-m", "sergek"]
    command = [*python, "verify", str(package), "--trust", str(trust)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "BAD" in done.stdout) == (0, False)
    loaded = set(re.findall(r"\| +([\w.]+)$", done.stderr, re.M))
    assert "sergek.adapters.evidence.verify" in loaded
    engines = {"cv2", "av", "onnxruntime", "openvino", "scipy", "sqlalchemy", "fastapi", "nats"}
    assert not loaded & (engines | {"matplotlib", "sergek.wiring", "sergek.centre", "sergek.edge"})


def test_the_same_case_gives_the_same_bytes(case):
    """Sealing is deterministic: Ed25519 and the container leave no choice."""
    assert case.again().data == case.original.data


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_changed_byte_is_refused_and_named(case, data):
    """Wherever it is, something that holds the byte is named."""
    at = data.draw(st.integers(0, len(case.original.data) - 1))
    changed = bytearray(case.original.data)
    changed[at] ^= data.draw(st.integers(1, 255))
    report = verify(bytes(changed), case.trust, LIST)
    assert not report.ok
    assert faults(report)


def test_a_changed_item_is_named_itself(case):
    """One byte of the clip."""
    items = unpack(case.original.data)
    at = case.original.data.index(items["clip.mp4"]) + 1000
    changed = bytearray(case.original.data)
    changed[at] ^= 1
    found = faults(verify(bytes(changed), case.trust, LIST))
    assert "SHA-256" in found["clip.mp4"]


def test_items_taken_out_or_put_in_are_named(case):
    """Even in a well-formed container."""
    items = unpack(case.original.data)
    without = {name: data for name, data in items.items() if name != "plate.jpg"}
    assert "missing" in faults(verify(pack(without), case.trust, LIST))["plate.jpg"]
    more = items | {"extra.jpg": b"x"}
    assert "not named" in faults(verify(pack(more), case.trust, LIST))["extra.jpg"]


def test_a_manifest_rewritten_to_fit_has_no_signature(case):
    """Changing the caption breaks the signature, not the form."""
    items = unpack(case.original.data)
    manifest = Manifest.from_bytes(items[MANIFEST]).model_copy(update={"trial": False})
    forged = pack(items | {MANIFEST: manifest.to_bytes()})
    assert "manifest" in faults(verify(forged, case.trust, LIST))["signature"]


def test_a_stranger_may_sign_as_he_likes(case, keys):
    """A valid signature by a key that nobody published is worth nothing."""
    stranger = case.again(key=keys("stranger"))
    assert "not on the trust list" in faults(verify(stranger.data, case.trust, LIST))["trust"]


def test_a_centre_key_cannot_sign_an_original(case):
    """Roles are kept apart."""
    found = faults(verify(case.again(key=case.centre).data, case.trust, LIST))
    assert "not a device key" in found["trust"]


def test_a_revoked_key_is_refused_from_the_day_it_was_lost(case):
    """Before that day its packages still stand."""
    for days, good in [(1, True), (-1, False)]:
        lost = case.trust.keys[0].model_copy(
            update={"revoked_from": WHEN + timedelta(days=days), "revoked_because": "stolen"}
        )
        trust = case.trust.model_copy(update={"keys": (lost, case.trust.keys[1])})
        report = verify(case.original.data, trust, LIST)
        assert report.ok is good
        if not good:
            assert "revoked: stolen" in faults(report)["trust"]


def test_a_device_that_lies_about_the_speed_is_found_out(case):
    """Properly signed, but the track points say otherwise."""
    lie = case.parts["measurement"].model_copy(update={"kmh": 120.0})
    found = faults(verify(case.again(measurement=lie).data, case.trust, LIST))
    assert "the package says 120.0" in found["speed"]
    violation = case.parts["violation"]
    facts = violation.facts | {"speed_kmh": 120.0}
    lie = case.again(violation=violation.model_copy(update={"facts": facts}))
    assert "speed" in faults(verify(lie.data, case.trust, LIST))


def test_a_speeding_case_needs_its_measurement(case):
    """Leaving it out is no way round."""
    bare = case.again(measurement=None, inputs=None)
    assert "without its measurement" in faults(verify(bare.data, case.trust, LIST))["speed"]


def test_the_public_copy_has_its_own_manifest_and_names_the_original(case):
    """Signed by the centre, only masked pictures, same facts and speed."""
    masked = [Media("overview_before", "image/jpeg", b"masked")]
    copy = public_copy(case.original, masked, WHEN + timedelta(days=1), case.centre)
    report = verify(copy.data, case.trust, LIST)
    assert report.ok, report.checks
    assert (report.kind, report.signed_by) == ("public", "Taraz centre")
    assert report.original_sha256 == case.original.sha256
    assert report.kmh is not None
    items = unpack(copy.data)
    assert items["overview_before.jpg"] == b"masked"
    assert "clip.mp4" not in items


def test_the_caption_holds_what_order_971_wants(case):
    """Device, serial, time, event, direction, coordinates, place, certificate and its expiry."""
    caption = json.loads(unpack(case.original.data)[MANIFEST])["caption"]
    assert caption["certificate_number"] == "TRZ-22-0417"
    assert all(caption[key] for key in caption)
    assert SIGNATURE in unpack(case.original.data)
