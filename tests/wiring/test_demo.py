"""The demo's own city, filled on its first start."""

from datetime import UTC, datetime
from pathlib import Path

from sergek.centre.assignments.states import Status
from sergek.centre.assignments.views import AssignmentViews
from sergek.centre.people.actions import PeopleActions
from sergek.config.settings import Settings
from sergek.core.clock import SystemClock
from sergek.wiring.demo import fill_demo
from sergek.wiring.stores import centre_stores

POSTS = ["reviewer", "reviewer2", "signer", "registrar", "metrologist", "head"]
MEETING = Path(__file__).parents[2] / "demo" / "meeting.toml"


def test_the_demo_begins_with_the_meeting_and_its_assignments(tmp_path: Path) -> None:
    """Five assignments of one meeting and a part of one, with an intact log."""
    settings = Settings.model_validate({"city": "Demo", "storage": {"data": str(tmp_path)}})
    told = fill_demo(settings, MEETING)
    stores = centre_stores(settings)
    views = AssignmentViews(stores.engine, datetime.now(UTC).date())
    listed = views.listed("all", "")
    assert len(listed) == 6
    assert len(views.meetings()) == 1
    assert {each.meeting_id for each in listed} == {views.meetings()[0].meeting_id}
    assert Status.REPORTED in {each.status for each in listed}
    stores.log.verify()
    # All whom a case needs may come in to walk it through, with the passwords told.
    people = PeopleActions(stores.engine, stores.log, SystemClock(), settings.centre)
    assert [name for name, _, _ in told] == POSTS
    for name, _, password in told:
        assert people.sign_in(name, password, "127.0.0.1")
    stores.engine.dispose()
