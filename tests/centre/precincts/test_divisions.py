"""Divisions: dragged, measured, balanced, kept, approved from a day on; none is lost."""

import datetime as dt
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sergek.core.errors import ConfigError, Conflict

JSON = {"Accept": "application/json"}


def edit(client, house, division_id, what, **body):
    csrf = house.csrf(client.get("/precincts/divisions").text)
    address = f"/precincts/divisions/{division_id}/{what}"
    return client.post(address, json=body, headers={"X-CSRF-Token": csrf, **JSON})


def border_move(planning, owner):
    """A block and a neighbouring precinct that it may be given to."""
    from sergek.planning.city.store import load_city

    city = load_city(planning.folder / "city")
    for pair in city.neighbours:
        a, b = city.blocks[pair.first].id, city.blocks[pair.second].id
        if owner[a] != owner[b] and sum(name == owner[a] for name in owner.values()) > 3:
            moved = owner | {a: owner[b]}
            if not planning.desk.measure(moved).problems:
                return a, owner[b]
    raise AssertionError("no border")


def test_an_edit_is_measured_balanced_kept_and_approved(filled, visit, divisions, day):
    """Load and gap after a move; others give way; a proposal holds from its day on."""
    client = visit("chief")
    now = divisions.on(day)
    owner = divisions.owner(now)
    block, precinct = border_move(filled.planning, owner)
    measured = edit(client, filled, now.division_id, "measure", moves={block: precinct}).json()
    assert measured["largest"]["value"] >= measured["largest"]["bound"] - 1e-6
    assert measured["moved"] > 0 or measured["problems"] == []
    minutes = measured["service"]["minutes"]
    assert minutes["low"] <= minutes["mean"] <= minutes["high"]
    balanced = edit(
        client, filled, now.division_id, "balance", moves={block: precinct}, pinned=[block]
    ).json()
    assert balanced["owner"][block] == precinct
    assert set(balanced["owner"]) == set(owner)
    assert balanced["measures"]["largest"]["value"] <= measured["largest"]["value"] + 1e-6
    csrf = filled.csrf(client.get("/precincts/divisions").text)
    form = {"csrf": csrf, "title": "By hand", "moves": f'{{"{block}": "{precinct}"}}'}
    kept = client.post(f"/precincts/divisions/{now.division_id}/keep", data=form)
    made = re.search(r"([0-9a-f]{32})$", kept.headers["location"]).group(1)
    assert divisions.one(made).based_on == now.division_id
    page = client.get(f"/precincts/divisions/{made}").text
    assert page.count("data-service=") == 3
    assert "In force" in page
    start = day + dt.timedelta(days=30)
    form = {"csrf": csrf, "from_on": start.isoformat()}
    assert client.post(f"/precincts/divisions/{made}/approve", data=form).status_code == 303
    assert divisions.on(day).division_id == now.division_id
    assert divisions.on(start).division_id == made
    assert divisions.on(day - dt.timedelta(days=3)).division_id == now.division_id
    assert client.post(f"/precincts/divisions/{made}/approve", data=form).status_code == 409
    assert "division.approved" in filled.kinds()
    page = client.get(f"/precincts/divisions/compare?id={now.division_id}&id={made}")
    assert page.text.count('data-map="compare"') == 2


def test_a_division_may_have_a_precinct_more_than_today(filled, divisions, day):
    """What a study with another number drew can be edited too; its bound is that of its number."""
    desk = filled.planning.desk
    owner = divisions.owner(divisions.on(day))
    names = sorted(set(owner.values()))
    today = desk.measure(owner)
    more = desk.measure(owner | {next(iter(owner)): f"N{len(names) + 1:03d}"})
    assert len(more.precincts) == len(today.precincts) + 1
    assert more.mean < today.mean
    with pytest.raises(ConfigError, match="no division"):
        desk.measure(owner | {next(iter(owner)): "N999999"})


def test_a_division_with_faults_is_never_approved(filled, divisions, day):
    """A precinct in two pieces is named, and approving it refused in words."""
    now = divisions.on(day)
    owner = divisions.owner(now)
    names = sorted(set(owner.values()))
    far = next(block for block, name in owner.items() if name == names[-1])
    broken = owner | {far: names[0]}
    measures = filled.planning.desk.measure(broken)
    assert any(names[0] in one and "one piece" in one for one in measures.problems)
    made = divisions.propose("Broken", broken, measures, "chief", origin="edit")
    with pytest.raises(Conflict, match="not in one piece"):
        divisions.approve(made, day, "chief")
    with pytest.raises(ConfigError, match="not in one piece"):
        filled.planning.desk.balance(broken, [far], 1.0)


def test_only_who_plans_may_change(filled, visit, divisions, day):
    """A viewer looks at a division and measures; balancing and keeping are refused."""
    client = visit("viewer")
    now = divisions.on(day).division_id
    assert client.get(f"/precincts/divisions/{now}").status_code == 200
    assert "Balance around" not in client.get(f"/precincts/divisions/{now}").text
    assert edit(client, filled, now, "balance", moves={}).status_code == 403


def test_unknown_blocks_and_precincts_are_named(filled, visit, divisions, day):
    """A block of another city, or a precinct that does not exist, is refused with its name."""
    client = visit("chief")
    now = divisions.on(day)
    strange = edit(client, filled, now.division_id, "measure", moves={"B9999": "P001"})
    assert strange.status_code == 422
    block = next(iter(divisions.owner(now)))
    unknown = edit(client, filled, now.division_id, "measure", moves={block: "P999"})
    assert "P999" in unknown.text


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_person_is_lost_by_any_edit(town_room, data):
    """However blocks are dealt out, the precincts' residents sum to the city's."""
    owner = town_room.start().owner
    names = sorted(set(owner.values()))
    blocks = data.draw(st.lists(st.sampled_from(sorted(owner)), max_size=8))
    moves = {block: data.draw(st.sampled_from(names)) for block in blocks}
    measures = town_room.desk.measure(owner | moves)
    assert sum(one.residents for one in measures.precincts) == town_room.city().residents
    assert measures.largest.bound <= measures.largest.value + 1e-6
