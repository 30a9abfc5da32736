"""The states of a prescription to an owner."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sergek.centre.roads.states import Status, Step, next_status, open_steps
from sergek.core.errors import Conflict


@settings(deadline=None)
@given(taken=st.lists(st.tuples(st.sampled_from(Step), st.booleans(), st.booleans()), max_size=12))
def test_only_what_a_page_offers_can_be_done(taken):
    """Whatever is tried in whatever order, a step works exactly when it is offered, and an ended
    prescription offers nothing."""
    status = Status.ISSUED
    for step, overdue, vain in taken:
        offered = step in open_steps(status, overdue=overdue, checked_in_vain=vain)
        try:
            then = next_status(status, step, overdue=overdue, checked_in_vain=vain)
        except Conflict:
            assert not offered
            continue
        assert offered
        status = then
    if status in (Status.FULFILLED, Status.WITHDRAWN):
        assert not open_steps(status, overdue=True, checked_in_vain=True)
