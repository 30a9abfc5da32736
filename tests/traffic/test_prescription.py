"""Fines, terms and states of a prescription."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sergek.core.errors import ConfigError, Conflict, Forbidden
from sergek.core.violation import Offence, Route, Violation
from sergek.testing.facts import WHEN
from sergek.testing.sites import example_site, with_changes
from sergek.traffic.law.book import law_book
from sergek.traffic.prescription import (
    Earlier,
    PrescriptionState,
    Step,
    after,
    deadlines,
    decide_until,
    earlier_of,
    fine_of,
    refuse_unissuable,
)

LAW = law_book()


def violation(offence=Offence.RED_LIGHT, when=WHEN, route=Route.PRESCRIPTION, **facts):
    return Violation(
        offence=offence,
        article="599",
        route=route,
        media_s=1.0,
        happened_at=when,
        margin=1.0,
        margin_unit="s",
        facts=facts,
    )


def test_a_fine_is_mrp_times_the_index_of_the_event():
    """Red light in July 2022: 10 × 3,180; half of it within seven days."""
    fine = fine_of(violation(), LAW)
    assert (fine.tenge, fine.reduced_tenge) == (31800, 15900)
    assert fine_of(violation(), LAW, repeat=True).tenge == 15 * 3180


def test_speeding_before_and_after_the_change_of_the_law():
    """65 over: 20 MRP before 4 December 2024, 40 from that day on."""
    before = violation(Offence.SPEEDING, datetime(2024, 12, 3, 12, tzinfo=UTC), excess_kmh=65.0)
    later = violation(Offence.SPEEDING, datetime(2024, 12, 4, 12, tzinfo=UTC), excess_kmh=65.0)
    assert fine_of(before, LAW).tenge == 20 * 3692
    assert fine_of(later, LAW).tenge == 40 * 3692
    assert fine_of(later, LAW, repeat=True).tenge == 60 * 3692


def test_an_offence_that_costs_the_licence_has_no_fine():
    """The law's own words are in the sentence."""
    with pytest.raises(ConfigError, match="loss of the licence"):
        fine_of(violation(Offence.ONCOMING), LAW)


def test_limitation_ends_with_the_same_day_two_months_later():
    """By Asia/Almaty's calendar, or with the last day of a shorter month (KoAP 62 p.1)."""
    zone, law = ZoneInfo("Asia/Almaty"), law_book()
    for happened, first_too_late in (
        (datetime(2022, 6, 2, 8, tzinfo=zone), datetime(2022, 8, 3, tzinfo=zone)),
        (datetime(2022, 6, 2, 23, 59, tzinfo=zone), datetime(2022, 8, 3, tzinfo=zone)),
        (datetime(2022, 12, 31, 12, tzinfo=zone), datetime(2023, 3, 1, tzinfo=zone)),
        (datetime(2023, 12, 30, 12, tzinfo=zone), datetime(2024, 3, 1, tzinfo=zone)),
    ):
        assert decide_until(happened.astimezone(UTC), law) == first_too_late


def test_terms_run_from_the_day_after_delivery():
    """Delivered on 1 August: half until the end of the 8th, decided on the 16th at midnight."""
    terms = deadlines(date(2022, 8, 1), LAW)
    local = ZoneInfo("Asia/Almaty")
    assert terms.reduced_until == datetime(2022, 8, 9, tzinfo=local)
    assert terms.decided_at == datetime(2022, 8, 17, tzinfo=local)
    assert terms.complaint_until == datetime(2022, 8, 27, tzinfo=local)


@given(st.dates(date(2016, 1, 1), date(2030, 1, 1)))
def test_media_outlive_every_term_and_the_usual_retention(day):
    """The hold ends last, and later than thirty days."""
    terms = deadlines(day, LAW)
    assert terms.hold_media_until >= max(terms.complaint_until, terms.payment_until)
    assert (terms.hold_media_until.date() - day).days > 30


@given(st.lists(st.sampled_from(list(Step)), max_size=12))
def test_whatever_happens_a_cancelled_prescription_stays_cancelled(steps):
    """No order of steps leads out of it, and each refusal is one sentence."""
    state = PrescriptionState.ISSUED
    for step in steps:
        try:
            new = after(state, step)
        except Conflict:
            continue
        assert state is not PrescriptionState.CANCELLED
        state = new


def test_nothing_is_issued_in_trial_or_without_a_certificate():
    """One sentence each; the oncoming lane never."""
    site = example_site()
    with pytest.raises(Forbidden, match="in trial"):
        refuse_unissuable(violation(), site)
    with pytest.raises(ConfigError, match="no valid certificate on 2023-07-01"):
        refuse_unissuable(violation(when=datetime(2023, 7, 1, tzinfo=UTC)), site)
    with pytest.raises(Forbidden, match="protocol"):
        refuse_unissuable(violation(route=Route.PROTOCOL), site)
    record = {
        "signed_by": "A. Chief",
        "signed_at": "2022-06-01T00:00:00+06:00",
        "figures_sha256": "0" * 64,
    }
    refuse_unissuable(violation(), with_changes(site, acceptance=record))


def earlier(article, day, number="SGK-1"):
    return Earlier(number=number, base_article=article, decided_at=day)


def test_a_repeat_needs_a_like_offence_decided_within_the_year_before():
    """Parts 2 and 3 repeat each other, part 1 repeats nothing, and a year is a year."""
    now = datetime(2025, 6, 1, 12, tzinfo=UTC)
    fast = violation(Offence.SPEEDING, now, excess_kmh=25.0)
    decided = datetime(2024, 12, 1, tzinfo=UTC)
    assert earlier_of(fast, [earlier("592 ч. 3", decided)], LAW) is not None
    assert earlier_of(fast, [earlier("592 ч. 1", decided)], LAW) is None
    assert earlier_of(fast, [earlier("599", decided)], LAW) is None
    assert earlier_of(fast, [earlier("592 ч. 2", datetime(2024, 5, 1, tzinfo=UTC))], LAW) is None
    slow = violation(Offence.SPEEDING, now, excess_kmh=12.0)
    assert earlier_of(slow, [earlier("592 ч. 1", decided)], LAW) is None
    faster = violation(Offence.SPEEDING, now, excess_kmh=65.0)
    assert earlier_of(faster, [earlier("592 ч. 2", decided)], LAW) is None
    assert earlier_of(faster, [earlier("592 ч. 3-1", decided)], LAW) is not None


def test_what_is_not_decided_yet_makes_no_repeat():
    """Two red lights on one day: the first was not decided when the second happened."""
    second = violation(when=datetime(2025, 6, 1, 12, tzinfo=UTC))
    assert earlier_of(second, [earlier("599", datetime(2025, 6, 17, tzinfo=UTC))], LAW) is None
    assert earlier_of(second, [earlier("599", datetime(2025, 5, 17, tzinfo=UTC))], LAW) is not None


def test_a_complaint_that_changes_nothing_after_payment_leads_back_to_paid():
    """Who has paid is not called a debtor because he complained."""
    left = after(PrescriptionState.COMPLAINT, Step.LEAVE, settled=True)
    assert left is PrescriptionState.PAID
    assert after(PrescriptionState.COMPLAINT, Step.LEAVE) is PrescriptionState.IN_FORCE
