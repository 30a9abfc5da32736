"""Facts, their ids and their chain."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from sergek.core.event import GENESIS, Event, canonical_json, chain_digest, derive_id

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def event(**changes: object) -> Event:
    values: dict[str, object] = {
        "event_id": derive_id("a", 1),
        "kind": "passage.recorded",
        "subject": "abay-1",
        "happened_at": NOON,
        "body": {"b": 1, "a": "қ"},
    }
    return Event.model_validate(values | changes)


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\x1f")), min_size=1))
def test_same_parts_give_same_id(parts: list[str]) -> None:
    """Ids derive from their parts alone, and the order of parts matters."""
    assert derive_id(*parts) == derive_id(*parts)
    if parts != parts[::-1]:
        assert derive_id(*parts) != derive_id(*parts[::-1])


def test_canonical_json_is_one_string_per_value() -> None:
    """Key order does not change the bytes; letters outside ASCII are kept."""
    assert canonical_json({"b": 1, "a": "қ"}) == canonical_json({"a": "қ", "b": 1})
    assert canonical_json({"a": "қ"}) == '{"a":"қ"}'.encode()


def test_digest_ignores_the_time_zone_a_moment_is_written_in() -> None:
    """The same instant written at UTC+5 gives the same digest."""
    local = NOON.astimezone(timezone(timedelta(hours=5)))
    assert event().body_digest() == event(happened_at=local).body_digest()


def test_any_change_changes_the_chain() -> None:
    """A changed body gives another digest, hence another chain."""
    first = chain_digest(GENESIS, event().body_digest())
    other = chain_digest(GENESIS, event(body={"a": "қ", "b": 2}).body_digest())
    assert first != other
