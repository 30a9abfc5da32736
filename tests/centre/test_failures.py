"""Errors to people and programs."""

import sqlite3

from sqlalchemy import event

from sergek.testing.examples import a_passage


def test_an_unknown_page_is_a_page_and_json_for_programs(visit):
    """404 is rendered in the person's language, and as one JSON object under /api."""
    client = visit("viewer")
    page = client.get("/nowhere")
    assert page.status_code == 404
    assert "Not found" in page.text
    answer = client.get("/api/v1/nowhere")
    assert answer.status_code == 404
    assert answer.json() == {
        "error": "NotFound",
        "sentence": "There is no such page.",
        "problems": [],
    }
    assert client.get("/sign-out").status_code == 405


def test_a_locked_database_is_a_sentence_and_a_retry(house, visit, tmp_path):
    """While another process holds the write lock, reading goes on and writing is 503."""
    passage = a_passage(1)
    house.record(passage)
    client = visit("viewer")
    event.listen(
        house.engine, "connect", lambda made, _record: made.execute("PRAGMA busy_timeout=30")
    )
    house.engine.dispose()
    other = sqlite3.connect(tmp_path / "centre.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert client.get("/passages").status_code == 200
    refused = client.get(f"/api/v1/passages/{passage.passage_id}")
    assert refused.status_code == 503
    assert refused.json()["error"] == "Unavailable"
    form = {"name": "viewer", "password": house.password}
    assert visit().post("/sign-in", data=form).status_code == 503
    other.execute("ROLLBACK")
    other.close()
    assert client.get(f"/api/v1/passages/{passage.passage_id}").status_code == 200


def test_a_database_that_is_gone_is_said_not_thrown(house, visit):
    """Where the log cannot be read, health is 503 and the page one sentence."""
    client = visit("viewer")
    house.engine.dispose()
    with house.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE log_head")
        connection.exec_driver_sql("DROP TABLE passages")
    health = client.get("/health")
    assert health.status_code == 503
    answer = client.get("/api/v1/passages")
    assert answer.status_code == 503
    assert answer.json()["error"] == "Unavailable"
    assert "retry-after" in answer.headers
    assert client.get("/passages").status_code == 503
