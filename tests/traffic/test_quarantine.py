"""The two stories from which the field learnt: late permits and an unlawful sign."""

from datetime import UTC, date, datetime, timedelta

import numpy as np

from sergek.core.speed import SpeedMeasurement
from sergek.core.violation import Offence
from sergek.testing.facts import facts_along
from sergek.testing.sites import example_site, read_plate, with_changes
from sergek.traffic.law.book import law_book
from sergek.traffic.prescription import fine_of
from sergek.traffic.quarantine import IssuedCase, recheck
from sergek.traffic.rules.judge import RULES

LAW = law_book()
BUS_LANE = [(0, 5.2, 50), (3, 5.2, 10)]
LANE_ONE = [(0, -1.7, 50), (2, -1.7, 12)]


def issued(number, site, offence, facts, paid=True):
    violation = RULES[offence](facts, site, LAW)
    fine = fine_of(violation, LAW).tenge
    return IssuedCase(f"case-{number}", facts, violation, fine, fine if paid else 0)


def going(kmh, day):
    speed = SpeedMeasurement(status="measured", kmh=kmh, u_kmh=0.8, media_s=1.0)
    when = datetime(2022, 6, 1, 8, tzinfo=UTC) + timedelta(days=day)
    return facts_along(LANE_ONE, speed=speed, happened_at=when)


def test_a_permit_entered_late_cancels_the_fines_and_lists_the_refunds():
    """Route 7 may use the bus lane from May, but its permit is typed in only in August.

    Meanwhile three of its buses and one private car are fined. When the permit is entered as of
    May, re-checking cancels the three, names the permit, and lists what those paid who paid.
    """
    before = with_changes(example_site(), permits=[])
    fleet = ["901RTE08", "902RTE08", "903RTE08"]
    cases = [
        issued(i, before, Offence.BUS_LANE, facts_along(BUS_LANE, plate=read_plate(plate)), i != 2)
        for i, plate in enumerate([*fleet, "123ABC08"])
    ]
    permits = [
        {
            "plate": plate,
            "kind": "bus",
            "offences": ["bus_lane"],
            "basis": "route 7, contract of 1 May 2022",
            "valid_from": date(2022, 5, 1),
            "entered_at": date(2022, 8, 15),
        }
        for plate in fleet
    ]
    found = recheck(cases, with_changes(before, permits=permits), LAW)
    assert [x.outcome for x in found] == ["cancel", "cancel", "cancel", "stands"]
    assert all("route 7" in x.reason for x in found[:3])
    assert [x.refund_tenge for x in found] == [3 * 3180, 3 * 3180, 0, 0]


def test_an_unlawful_sign_cancels_or_lowers_the_fines():
    """A sign "40" stood from June without an act. Fined were 55, 65, 78 and 95 km/h.

    With the sign void the 60 of the town holds: the first three did nothing, the last pays for
    a lower band and gets the difference back. The sign stays in the file, marked void.
    """
    town = {"kmh": 60, "basis": "traffic rules, built-up area", "valid_from": date(2015, 1, 1)}
    sign = {"kmh": 40, "basis": "sign 3.24 of 1 June 2022", "valid_from": date(2022, 6, 1)}
    posted = with_changes(example_site(), limits=[town | {"valid_until": date(2022, 6, 1)}, sign])
    lawful = with_changes(example_site(), limits=[town, sign | {"void": "court, 1 March 2023"}])
    cases = [
        issued(kmh, posted, Offence.SPEEDING, going(kmh, day))
        for day, kmh in enumerate([55.0, 65.0, 71.5, 95.0], start=2)
    ]
    found = recheck(cases, lawful, LAW)
    assert [x.outcome for x in found] == ["cancel", "cancel", "cancel", "changed"]
    assert found[3].reason == "now 592 ч. 2"
    assert found[3].refund_tenge == (20 - 10) * 3180
    assert sum(x.refund_tenge for x in found) == sum(c.paid_tenge for c in cases) - 10 * 3180


def test_an_annulled_certificate_cancels_everything_of_its_time():
    """The laboratory had no equipment: the certificate is void from the beginning."""
    site = example_site()
    case = issued(1, site, Offence.SPEEDING, going(95.0, 1))
    certificates = [site.certificates[0].model_dump() | {"void": "order of 1 March 2023"}]
    found = recheck([case], with_changes(site, certificates=certificates), LAW)[0]
    assert (found.outcome, found.refund_tenge) == ("cancel", case.paid_tenge)
    assert "certificate" in found.reason


def test_a_correction_never_makes_a_case_graver():
    """A limit found to have been lower leaves the old fine as it was."""
    site = example_site()
    case = issued(1, site, Offence.SPEEDING, going(95.0, 1))
    lower = [{"kmh": 40, "basis": "found later", "valid_from": date(2015, 1, 1)}]
    found = recheck([case], with_changes(site, limits=lower), LAW)[0]
    assert (found.outcome, found.refund_tenge) == ("stands", 0)
    assert np.isclose(found.fine_tenge, case.fine_tenge)
