"""`sergek trust` over a centre's own list and log."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.adapters.evidence.conftest import case, keys  # noqa: F401
from tests.cli.conftest import run

from sergek.adapters.evidence.trust import load_trust
from sergek.config.load import load
from sergek.core.errors import ConfigError, Conflict, Corrupt, NotFound, Unavailable
from sergek.core.masks import MoreMasks
from sergek.testing.facts import WHEN
from sergek.wiring.papers import papers_of
from sergek.wiring.stores import centre_stores
from sergek.wiring.trust import centre_key, open_trust, trust_file


@pytest.fixture
def city(tmp_path: Path) -> Path:
    path = tmp_path / "city.toml"
    path.write_text('city = "Taraz"\n', encoding="utf-8")
    return path


@pytest.fixture
def listed(city: Path, case) -> Path:  # noqa: F811
    """The case's own keys are on the centre's list."""
    path = trust_file(load(city)).path
    path.parent.mkdir(parents=True)
    path.write_text(case.trust.model_dump_json(), encoding="utf-8")
    return path


def test_a_package_made_since_the_theft_is_refused_an_earlier_one_believed(
    city: Path,
    listed: Path,
    case,  # noqa: F811
    tmp_path: Path,
) -> None:
    """The moment is in the city's time; the log says who, since when and why, once."""
    key = case.device.fingerprint
    early, late = tmp_path / "early.zip", tmp_path / "late.zip"
    early.write_bytes(case.original.data)
    late.write_bytes(case.again(created_at=WHEN + timedelta(hours=3)).data)
    for package in (early, late):
        run("verify", package, "--trust", listed)
    # WHEN is 08:00 UTC; Almaty was at +06:00 in 2022.
    order = ("trust", city, "--revoke", key[:8].upper(), "--since", "2022-07-01T17:00")
    for _ in range(2):
        said = run(*order, "--because", "stolen")
    assert f"{key}  device  TRZ-0001" in said
    assert "revoked from 2022-07-01T17:00+06:00: stolen" in said
    assert "/quarantines/new" in said
    assert load_trust(listed)[1] in run("trust", city)
    run("verify", early, "--trust", listed)
    with pytest.raises(Corrupt, match="revoked: stolen"):
        run("verify", late, "--trust", listed)
    with pytest.raises(Conflict, match="never becomes good again"):
        run(*order[:-1], "2022-07-01T18:00", "--because", "found")
    stores = centre_stores(load(city))
    told = [each.event for each in stores.log.read(0) if each.kind == "key.revoked"]
    stores.engine.dispose()
    assert [(one.subject, one.actor) for one in told] == [(key, "command line")]
    since = "2022-07-01T11:00:00+00:00"
    assert dict(told[0].body) == {"owner": "TRZ-0001", "since": since, "because": "stolen"}


def test_a_centre_whose_key_is_revoked_signs_nothing_until_it_has_a_new_one(
    city: Path,
    case,  # noqa: F811
) -> None:
    """It says what to do; after that its copies are believed again."""
    settings = load(city)
    trust, key = open_trust(settings), centre_key(settings)
    run("trust", city, "--revoke", key.fingerprint, "--since", "2020-01-01", "--because", "read")
    now, original = trust.current()[0].published_at + timedelta(hours=1), case.original
    copy = (original.data, original.sha256, now, MoreMasks())
    with pytest.raises(Unavailable, match=r"revoked: read: .* move centre.pem"):
        papers_of(settings, trust).public_copy(*copy)
    (trust.path.parent / "centre.pem").rename(trust.path.parent / "old.pem")
    trust = open_trust(settings)
    assert papers_of(settings, trust).public_copy(*copy)
    assert [one.revoked_because for one in trust.current()[0].keys] == ["read", ""]


def test_a_case_taken_in_before_the_theft_was_known_gets_no_copy(
    city: Path,
    listed: Path,
    case,  # noqa: F811
) -> None:
    """So it cannot be signed, though its package verified when it came."""
    settings = load(city)
    trust, key = open_trust(settings), case.device.fingerprint
    copy = (case.original.data, case.original.sha256, WHEN + timedelta(days=900), MoreMasks())
    made = papers_of(settings, trust).public_copy
    assert made(*copy)
    run("trust", city, "--revoke", key, "--since", "2022-07-01T08:00Z", "--because", "stolen")
    with pytest.raises(Corrupt, match=r"believed no more: .* revoked: stolen"):
        made(*copy)


def test_bad_input_is_one_sentence(city: Path, case, request: pytest.FixtureRequest) -> None:  # noqa: F811
    """No list yet, half an order, too short a name, no such key, no moment."""
    with pytest.raises(Unavailable, match="No key was published yet"):
        run("trust", city)
    request.getfixturevalue("listed")
    rest = ("--since", "2026-11-01", "--because", "stolen")
    with pytest.raises(ConfigError, match="takes --revoke"):
        run("trust", city, *rest)
    with pytest.raises(ConfigError, match="at least 8 digits"):
        run("trust", city, "--revoke", case.device.fingerprint[:7], *rest)
    with pytest.raises(NotFound, match="begins with 12345678"):
        run("trust", city, "--revoke", "12345678", *rest)
    with pytest.raises(ConfigError, match="is no moment"):
        run("trust", city, "--revoke", "12345678", "--since", "today", "--because", "stolen")
