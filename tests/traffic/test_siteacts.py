"""Acts on a site."""

from datetime import UTC, datetime, timedelta

import pytest

from sergek.core.errors import ConfigError, NotFound
from sergek.core.site import Acceptance, Certificate, Permit, SpeedLimit, Survey, SurveyPoint
from sergek.core.vehicle import VehicleClass
from sergek.core.violation import Offence
from sergek.testing.sites import example_site
from sergek.traffic.siteacts import (
    Accepted,
    Calibrated,
    CertificateAdded,
    Disqualified,
    Ended,
    LimitAdded,
    PermitAdded,
    Voided,
    amended,
    element_id,
    elements_of,
)

CAMERA = "abay-1"
CORNERS = ((0, 100, -3, 10), (1, 900, 3, 10), (2, 700, 3, 40), (3, 300, -3, 40))
SURVEY = Survey(
    valid_from=datetime(2022, 1, 1, tzinfo=UTC),
    points=tuple(
        SurveyPoint(name=str(n), pixel=(u, 900 - 20 * y), ground_m=(x, y)) for n, u, x, y in CORNERS
    ),
)
SITE = amended(example_site(), [Calibrated(camera_id=CAMERA, survey=SURVEY)])
THEN = datetime(2022, 7, 1, 8, tzinfo=UTC)
BASIS = "order 5 of 1 May 2022"


def permit(**more):
    values = {
        "plate": "901RTE08",
        "kind": "bus",
        "offences": (Offence.BUS_LANE,),
        "basis": BASIS,
        "valid_from": THEN - timedelta(days=60),
        "entered_at": THEN + timedelta(days=45),
    }
    return Permit.model_validate(values | more)


def test_a_permit_entered_late_holds_at_the_old_moment():
    """What is added today about May answers for July."""
    assert SITE.permit_at(THEN, "901RTE08", Offence.BUS_LANE) is None
    later = amended(SITE, [PermitAdded(permit=permit())])
    found = later.permit_at(THEN, "901RTE08", Offence.BUS_LANE)
    assert found is not None
    assert found.basis == BASIS


def test_a_rival_limit_is_refused_until_it_says_what_it_replaces():
    """Two limits for one lane are a question, not an answer."""
    limit = SpeedLimit(kmh=50, basis=BASIS, valid_from=THEN)
    with pytest.raises(ConfigError, match="overlap: end one of them"):
        amended(SITE, [LimitAdded(limit=limit)])
    everywhere = next(x for x in SITE.limits if x.lanes is None and x.classes is None)
    site = amended(SITE, [LimitAdded(limit=limit, replaces=element_id(everywhere))])
    before = site.limit_at(THEN - timedelta(seconds=1), 1, VehicleClass.CAR)
    assert before is not None
    assert before.kmh == 60
    now = site.limit_at(THEN, 1, VehicleClass.CAR)
    assert now is not None
    assert now.kmh == 50


def test_what_is_voided_stays_readable_and_holds_never():
    """The sign's history can be read."""
    limit = SITE.limits[0]
    site = amended(SITE, [Voided(element=element_id(limit), act="court, 1 March 2023")])
    assert site.limits[0].void == "court, 1 March 2023"
    assert not site.limits[0].holds(THEN)
    assert element_id(site.limits[0]) == element_id(limit)
    with pytest.raises(NotFound, match="nothing that is called"):
        amended(SITE, [Voided(element="0" * 32, act="court")])


def test_a_moved_camera_is_disqualified_from_its_last_good_check_until_surveyed_anew():
    """Between the last good check and the new survey nothing is calibrated."""
    moved = Disqualified(camera_id=CAMERA, last_good_at=THEN, why="8 px")
    site = amended(SITE, [moved])
    assert site.survey_at(CAMERA, THEN - timedelta(seconds=1))
    with pytest.raises(ConfigError, match="no survey"):
        site.survey_at(CAMERA, THEN)
    anew = SITE.channels[0].surveys[0].model_copy(update={"valid_from": THEN + timedelta(days=2)})
    again = amended(SITE, [moved, Calibrated(camera_id=CAMERA, survey=anew)])
    assert again.survey_at(CAMERA, THEN + timedelta(days=3)) == anew
    with pytest.raises(ConfigError, match="no survey"):
        again.survey_at(CAMERA, THEN + timedelta(days=1))


def test_only_acceptance_together_with_a_certificate_ends_the_trial():
    """Neither alone does."""
    signed = Acceptance(signed_by="A. Chief", signed_at=THEN, figures_sha256="0" * 64)
    assert SITE.in_trial(THEN)
    accepted = amended(SITE, [Accepted(acceptance=signed)])
    assert not accepted.in_trial(THEN)
    held = element_id(SITE.certificates[0])
    ended = amended(accepted, [Ended(element=held, until=THEN - timedelta(days=1))])
    assert ended.in_trial(THEN)
    fresh = Certificate(
        number="N-2", issuer="lab", valid_from=THEN, valid_until=THEN + timedelta(days=365)
    )
    assert not amended(ended, [CertificateAdded(certificate=fresh)]).in_trial(THEN)


def test_an_end_before_the_beginning_is_one_sentence():
    """A slip of the date is refused, and says why."""
    limit = SITE.limits[0]
    wrong = Ended(element=element_id(limit), until=limit.valid_from - timedelta(days=1))
    with pytest.raises(ConfigError, match="valid_until must be later than valid_from"):
        amended(SITE, [wrong])
    assert element_id(limit) in elements_of(SITE)
