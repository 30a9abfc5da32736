"""What may happen to a case, whatever people try."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sergek.centre.enforcement.states import DECISIONS, Decision, Status, Taken, after, status_of
from sergek.core.errors import Conflict, Forbidden

people = st.sampled_from(["aida", "bolat", "dana"])
tries = st.lists(st.builds(Taken, st.sampled_from(list(Decision)), people, st.booleans()))


def played(tried: list[Taken], *, needs_second: bool) -> list[Taken]:
    """Those tries that were not refused."""
    taken: list[Taken] = []
    for each in tried:
        try:
            after(taken, each, needs_second=needs_second)
        except (Conflict, Forbidden):
            continue
        taken.append(each)
    return taken


@given(tries, st.booleans())
def test_a_signer_never_decided_on_the_case(tried: list[Taken], second: bool) -> None:
    """Whoever signs has approved, rejected and returned nothing of it, at any time."""
    taken = played(tried, needs_second=second)
    signers = {each.actor for each in taken if each.decision is Decision.SIGN}
    assert not signers & {each.actor for each in taken if each.decision in DECISIONS}


@given(tries, st.booleans())
def test_a_signed_case_was_approved_by_enough_people(tried: list[Taken], second: bool) -> None:
    """Straight before the signature stand approvals of one person, or of two where it needs two."""
    taken = played(tried, needs_second=second)
    if status_of(taken, needs_second=second) is not Status.SIGNED:
        return
    run: list[Taken] = []
    for each in reversed(taken[:-1]):
        if each.decision is not Decision.APPROVE:
            break
        run.append(each)
    doubted = any(each.doubt for each in run)
    assert len({each.actor for each in run}) >= (2 if second or doubted else 1)


@given(tries, st.builds(Taken, st.sampled_from(list(Decision)), people), st.booleans())
def test_signed_is_final(tried: list[Taken], new: Taken, second: bool) -> None:
    """After the signature every decision is refused."""
    taken = played(tried, needs_second=second)
    if status_of(taken, needs_second=second) is Status.SIGNED:
        with pytest.raises(Conflict, match="signed"):
            after(taken, new, needs_second=second)


@given(tries, st.booleans())
def test_until_then_any_decision_can_be_corrected(tried: list[Taken], second: bool) -> None:
    """From every state before the signature somebody can still reject, or the case is rejected."""
    taken = played(tried, needs_second=second)
    now = status_of(taken, needs_second=second)
    if now not in (Status.SIGNED, Status.REJECTED, Status.LAPSED):
        reject = Taken(Decision.REJECT, "erlan")
        assert after(taken, reject, needs_second=second) is Status.REJECTED


def test_what_a_signer_sends_back_is_reviewed_from_the_start() -> None:
    """Only an approved case can be sent back, and its approvals count no more."""
    approved = [Taken(Decision.APPROVE, "aida")]
    back = Taken(Decision.SEND_BACK, "dana")
    assert after(approved, back, needs_second=False) is Status.WAITING
    with pytest.raises(Conflict):
        after([], back, needs_second=False)


@given(tries, st.builds(Taken, st.sampled_from(list(Decision)), people), st.booleans())
def test_lapsed_is_final(tried: list[Taken], new: Taken, second: bool) -> None:
    """What time has ended nobody decides any more."""
    taken = [*played(tried, needs_second=second), Taken(Decision.LAPSE, "system")]
    with pytest.raises(Conflict, match="lapsed"):
        after(taken, new, needs_second=second)


def test_the_same_reviewer_is_no_second_one() -> None:
    """Approving twice is refused; another person's approval completes the case."""
    first = [Taken(Decision.APPROVE, "aida")]
    with pytest.raises(Forbidden, match="another reviewer"):
        after(first, Taken(Decision.APPROVE, "aida"), needs_second=True)
    assert after(first, Taken(Decision.APPROVE, "bolat"), needs_second=True) is Status.APPROVED


def test_a_doubted_plate_needs_a_second_reviewer() -> None:
    """An approval against the own reading of the plate does not suffice alone."""
    doubted = Taken(Decision.APPROVE, "aida", doubt=True)
    assert after([], doubted, needs_second=False) is Status.SECOND
    assert after([], Taken(Decision.APPROVE, "aida"), needs_second=False) is Status.APPROVED


def test_an_answered_case_is_reviewed_from_the_start() -> None:
    """What was approved before it was returned counts no more."""
    taken = [Taken(Decision.APPROVE, "aida"), Taken(Decision.RETURN, "bolat")]
    answered = [*taken, Taken(Decision.ANSWER, "engineer")]
    assert status_of(answered, needs_second=False) is Status.WAITING
    with pytest.raises(Conflict):
        after(taken, Taken(Decision.SIGN, "dana"), needs_second=False)
