"""The log's page."""

from sqlalchemy import text

from sergek.testing.examples import a_passage


def _verify(house, client):
    page = client.get("/log").text
    token = page.split('X-CSRF-Token": "')[1].split('"')[0]
    return client.post("/log/verify", headers={"X-CSRF-Token": token, "HX-Request": "true"})


def test_only_an_administrator_sees_the_log(visit):
    """Page and API are refused to everybody else."""
    for name in ("viewer", "operator", "reviewer"):
        for path in ("/log", "/api/v1/log/head"):
            assert visit(name).get(path).status_code == 403


def test_a_whole_chain_is_said_and_the_check_is_a_fact(house, visit):
    """Head and check agree, and the check itself is recorded with the digest it saw."""
    client = visit("administrator")
    head = client.get("/api/v1/log/head").json()
    assert head == house.log.head()._asdict()
    assert "The chain is whole" in _verify(house, client).text
    last = house.log.read(0)[-1].event
    assert (last.kind, last.body) == ("log.verified", head)


def test_a_changed_fact_is_found(house, visit):
    """Somebody who changes a stored fact behind our back is found out, with the fact's number."""
    house.record(a_passage(1), a_passage(2))
    changed = house.log.head().seq - 1
    with house.engine.begin() as connection:
        connection.execute(
            text("UPDATE event_log SET subject='elsewhere' WHERE seq=:seq"), {"seq": changed}
        )
    answer = _verify(house, visit("administrator"))
    assert "The chain is broken" in answer.text
    assert str(changed) in answer.text
    assert "log.verified" not in house.kinds()


def test_the_page_lists_what_people_did(house, visit):
    """Sign-ins are listed; measured passages, which would fill the page, are not."""
    house.record(a_passage(1))
    page = visit("administrator").get("/log").text
    assert "person.signed_in" in page
    assert "passage.recorded" not in page
