"""The centre's clockwork."""

import asyncio

import pytest

from sergek.centre.due import Due, do_every, keep_doing
from sergek.core.errors import Unavailable


def run_until(condition, work):
    """Let the clockwork run until the condition holds."""

    async def both():
        task = asyncio.create_task(work)
        while not condition():
            await asyncio.sleep(0.001)
        task.cancel()

    asyncio.run(asyncio.wait_for(both(), 20))


@pytest.mark.parametrize("error", [Unavailable("The database is away."), KeyError("name")])
def test_a_step_that_fails_is_tried_again_and_stops_no_other(caplog, error):
    """Foreseen or not: the others go on, and a row of failures is logged once."""
    tried, others = [], []

    def failing():
        tried.append(1)
        if len(tried) < 5:
            raise error
        return 0

    steps = Due("failing", failing), Due("other", lambda: others.append(1) or 0)
    run_until(lambda: len(tried) > 6, do_every(0.001, *steps))
    assert len(others) >= 6
    said = [each.getMessage() for each in caplog.records if "failing" in each.getMessage()]
    assert len(said) == 1


def test_a_step_is_taken_at_once_while_there_is_something_to_do():
    """Three things that wait are done in a row, without a pause between them."""
    left, looked = [1, 1, 1], []

    def step():
        looked.append(1)
        return left.pop() if left else 0

    run_until(lambda: len(looked) == 4, keep_doing(Due("working", step)))
    assert not left
