"""Complexes at the centre: as on any day, their papers, their calibration."""

import tomllib
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from sergek.centre.app import create_app
from sergek.centre.sites.api import actions_of, ledger_of, reader_of
from sergek.core.event import Event, derive_id
from sergek.core.passage import Picture
from sergek.testing.examples import a_passage
from sergek.testing.passages import Mount, survey_of
from sergek.testing.sites import example_site, with_changes
from sergek.traffic.siteacts import Disqualified, Voided, element_id

NOON = datetime(2022, 8, 15, 6, tzinfo=UTC)
SITE = "/sites/abay-section"
CAMERA = f"{SITE}/cameras/abay-1"


@pytest.fixture
def site(house):
    """The example's site, surveyed in January."""
    house.clock.wall = NOON
    _, survey = survey_of(Mount(), np.random.default_rng(6))
    begun = survey.model_copy(update={"valid_from": datetime(2022, 1, 1, tzinfo=UTC)})
    channel = example_site().channels[0].model_copy(update={"surveys": (begun,)})
    house.sites = {"abay-section": with_changes(example_site(), channels=[channel])}
    return house.sites["abay-section"]


def centre(house):
    return create_app(house.wiring()).state.centre


def alarm(house, last_good_at):
    event = Event(
        event_id=derive_id("alarm", last_good_at.isoformat()),
        kind="site.disqualified",
        subject="abay-1",
        happened_at=last_good_at + timedelta(minutes=1),
        body={
            "site_id": "abay-section",
            "camera_id": "abay-1",
            "survey": "0" * 16,
            "last_good_at": last_good_at.isoformat(),
            "noticed_at": (last_good_at + timedelta(minutes=1)).isoformat(),
            "shift_px": 8.0,
        },
    )
    house.log.append([event])
    reader = reader_of(centre(house))
    reader.catch_up(house.engine, house.log)
    reader.catch_up(house.engine, house.log)


def typed(mount=None, **more):
    """The survey as the page sends it."""
    _, survey = survey_of(mount or Mount(), np.random.default_rng(6))
    points = [
        {"name": p.name, "pixel": list(p.pixel), "ground_m": list(p.ground_m[:2])}
        for p in survey.points
    ]
    return {"points": points, "valid_from": "2022-08-15T05:00:00+00:00"} | more


def post(client, house, path, body):
    headers = {"X-CSRF-Token": house.csrf(client.get("/sites").text)}
    return client.post(f"/api/v1{path}", json=body, headers=headers)


def test_the_list_says_what_ends_and_what_stands_still(site, house, visit):
    """A certificate that ends soon, one that is over, a camera that moved: each in words."""
    viewer = visit("viewer")
    assert "In trial" in viewer.get("/sites").text
    house.clock.wall = datetime(2023, 1, 20, tzinfo=UTC)
    assert "Ends soon" in visit("viewer").get("/sites").text
    house.clock.wall = datetime(2023, 2, 20, tzinfo=UTC)
    assert "Expired" in visit("viewer").get("/sites").text
    alarm(house, NOON)
    assert "Moved: stopped" in visit("viewer").get("/sites").text


def test_the_last_day_that_was_typed_is_shown_and_counts(site, house, visit):
    """A certificate until 31 August holds on that evening and no longer on 1 September."""
    metrologist = visit("metrologist")
    form = {
        "csrf": house.csrf(metrologist.get(SITE).text),
        "number": "N-9",
        "issuer": "lab",
        "valid_from": "2022-08-01",
        "valid_until": "2022-08-31",
    }
    assert metrologist.post(f"{SITE}/certificates", data=form).status_code == 303
    assert "01.08.2022 – 31.08.2022" in metrologist.get(SITE).text
    assert "until 31.08.2022" in metrologist.get("/sites").text
    found = ledger_of(centre(house)).site("abay-section")
    evening = datetime(2022, 8, 31, 17, tzinfo=UTC)
    numbers = [found.certificate_at(evening + timedelta(hours=more)).number for more in (0, 2)]
    assert numbers == ["N-9", "TRZ-22-0417"]


def test_a_site_is_shown_as_it_was_on_any_day(site, house, visit):
    """A limit added from July stands in August and not in June."""
    metrologist = visit("metrologist")
    page = metrologist.get(SITE).text
    element = page.split('data-limit="60" data-element="')[1][:32]
    form = {
        "csrf": house.csrf(page),
        "kmh": "50",
        "basis": "order 5",
        "valid_from": "2022-07-01",
        "replaces": element,
    }
    assert metrologist.post(f"{SITE}/limits", data=form).status_code == 303
    ledger = ledger_of(centre(house))
    june, august = datetime(2022, 6, 1, tzinfo=UTC), NOON
    found = {when: ledger.site("abay-section").limit_at(when, 1, "car") for when in (june, august)}
    assert [limit.kmh for limit in found.values()] == [60, 50]
    assert "Shown as it was" in metrologist.get(f"{SITE}?on=2022-06-01").text
    known = ledger.site("abay-section", known=NOON - timedelta(days=1))
    assert known.limit_at(august, 1, "car").kmh == 60


def test_what_contradicts_is_said_on_the_page_and_nothing_is_kept(site, house, visit):
    """Rival limits, a plate that is none, an end before its beginning, no basis."""
    metrologist = visit("metrologist")
    token = house.csrf(metrologist.get(SITE).text)
    cases = (
        ("limits", {"kmh": "50", "basis": "order", "valid_from": "2022-07-01"}, "overlap"),
        ("limits", {"kmh": "500", "basis": "order", "valid_from": "2022-07-01"}, "kmh"),
        (
            "permits",
            {
                "plate": "?",
                "kind": "bus",
                "offences": "bus_lane",
                "basis": "b",
                "valid_from": "2022-07-01",
            },
            "plate",
        ),
        (
            "certificates",
            {"number": "1", "issuer": "l", "valid_from": "2022-07-01", "valid_until": "2022-06-01"},
            "later than valid_from",
        ),
        ("void", {"element": "0" * 32, "act": "court"}, "nothing that is called"),
        ("limits", {"kmh": "50", "basis": "order", "valid_from": "July"}, "2026-05-31"),
    )
    for path, form, sentence in cases:
        answer = metrologist.post(f"{SITE}/{path}", data=form | {"csrf": token})
        assert answer.status_code in (404, 422), (path, answer.status_code)
        assert sentence in answer.text
    assert ledger_of(centre(house)).acts("abay-section") == []
    assert visit("viewer").post(f"{SITE}/void", data={}).status_code in (403, 422)


def test_only_a_new_survey_lifts_a_disqualification(site, house, visit):
    """The alarm ends the old one; a survey dated before the alarm is refused, a new one kept."""
    alarm(house, NOON - timedelta(hours=2))
    ledger = ledger_of(centre(house))
    assert isinstance(ledger.disqualified("abay-section", "abay-1", NOON), Disqualified)
    assert len(ledger.acts("abay-section")) == 1
    metrologist = visit("metrologist")
    assert "The camera moved after" in metrologist.get(f"{CAMERA}/calibrate").text
    assert "must be judged again" in metrologist.get(SITE).text
    again = "/quarantines/new?fault=site&site=abay-section&camera=abay-1&since=2022-08-15"
    assert again in visit("chief").get(SITE).text
    old = typed(valid_from="2022-03-01T00:00:00+06:00")
    refused = post(metrologist, house, f"{CAMERA}/survey", old)
    assert refused.status_code == 422
    assert "survey it as it stands now" in refused.json()["sentence"]
    assert post(metrologist, house, f"{CAMERA}/survey", typed()).status_code == 200
    assert ledger.disqualified("abay-section", "abay-1", NOON) is None
    before = NOON - timedelta(minutes=90)
    assert ledger.disqualified("abay-section", "abay-1", before) is not None
    assert "site.calibrated" in house.kinds()


def test_the_page_computes_residuals_grid_and_toml_and_keeps_nothing(site, house, visit):
    """Twelve good points: half a pixel, a metric grid, a table for the file that reads back."""
    viewer = visit("viewer")
    found = post(viewer, house, f"{CAMERA}/calibration", typed()).json()
    assert found["rms_px"] < 1.5
    assert found["scale_u_percent"] < 2
    assert len(found["points"]) == 12
    assert {line["label"] for line in found["grid"]} >= {"20 m", "30 m"}
    table = tomllib.loads(found["toml"])["site"]["channels"]["surveys"][0]
    assert len(table["points"]) == 12
    assert ledger_of(centre(house)).acts("abay-section") == []
    assert post(viewer, house, f"{CAMERA}/survey", typed()).status_code == 403


def test_a_contradiction_is_one_sentence(site, house, visit):
    """A tape that says otherwise, a point that was clicked wrong, too few points."""
    viewer = visit("viewer")

    def said(body):
        answer = post(viewer, house, f"{CAMERA}/calibration", body)
        assert answer.status_code == 422
        return answer.json()["sentence"]

    tape = {"between": ["p1", "p2"], "metres": 9.0}
    assert "by tape" in said(typed(distances=[tape]))
    wrong = typed()
    wrong["points"][4]["pixel"][0] += 40
    assert "p5" in said(wrong)
    assert "at least 4" in said(typed() | {"points": typed()["points"][:3]})
    assert "Not usable" in said({"points": "none"})


def test_a_frame_to_click_on_is_the_cameras_newest_overview(site, house, visit):
    """None yet: the page says so; then the picture itself."""
    viewer = visit("viewer")
    assert viewer.get(f"{CAMERA}/frame").status_code == 404
    assert "open one from a file" in viewer.get(f"{CAMERA}/calibrate").text
    key = house.evidence.put(b"\xff\xd8 the overview")
    picture = Picture(key=key, kind="overview", media_s=1.0)
    house.record(a_passage(1, entered_at=NOON, left_at=NOON, pictures=(picture,)))
    assert viewer.get(f"{CAMERA}/frame").content == b"\xff\xd8 the overview"


def test_an_act_that_no_longer_fits_the_changed_file_does_not_stop_the_rest(site, house):
    """The city's file was rewritten under an act: the site is still there, the act is logged."""
    limit = site.limits[0]
    act = Voided(element=element_id(limit), act="court")
    actions_of(centre(house)).act("abay-section", act, "metrologist", "court")
    other = limit.model_copy(update={"basis": "rewritten"})
    house.sites["abay-section"] = with_changes(site, limits=[other])
    assert ledger_of(centre(house)).site("abay-section").limits == (other,)
