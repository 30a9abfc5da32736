"""Citizens' reports by Open311 GeoReport v2."""

from xml.etree import ElementTree as Xml

import pytest

from sergek.centre.roads.actions import Decision
from sergek.traffic.law.roads import road_book

V2 = "/open311/v2"
REPORT = {
    "service_code": "pothole",
    "lat": "42.9003",
    "long": "71.3667",
    "address_string": "Абай даңғылы, 1",
    "description": "Позвоните мне: +7 700 000 00 00, Асель",
    "email": "asel@example.kz",
    "first_name": "Асель",
    "phone": "+77000000000",
    "media_url": "http://example.kz/me.jpg",
}


@pytest.fixture
def citizen(visit, roads):
    return visit()


def send(citizen, form="json", **more):
    return citizen.post(f"{V2}/requests.{form}", data=REPORT | more)


def test_services_are_the_kinds_of_defects_in_json_and_xml(citizen):
    """The same list in both forms, in the language asked for."""
    listed = citizen.get(f"{V2}/services.json?locale=ru").json()
    assert {one["service_code"] for one in listed} == {kind.id for kind in road_book().kind}
    assert {one["service_name"] for one in listed} >= {"Выбоина"}
    answer = citizen.get(f"{V2}/services.xml?locale=ru")
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    root = Xml.fromstring(answer.content)
    assert root.tag == "services"
    codes = [one.findtext("service_code") for one in root.iter("service")]
    assert codes == [one["service_code"] for one in listed]
    assert root[0].findtext("metadata") == "false"
    definition = citizen.get(f"{V2}/services/pothole.json").json()
    assert definition == {"service_code": "pothole", "attributes": []}
    assert citizen.get(f"{V2}/services/unicorn.json").status_code == 404


def test_a_report_becomes_a_proposed_defect_and_an_officer_decides(citizen, roads):
    """Open until it is decided; rejected, it is closed with the officer's answer."""
    answer = send(citizen)
    assert answer.status_code == 201
    number = answer.json()[0]["service_request_id"]
    (one,) = roads.views.proposed()
    assert (one.defect_id, one.kind, one.place) == (number, "pothole", (71.3667, 42.9003))
    (shown,) = citizen.get(f"{V2}/requests/{number}.json").json()
    assert (shown["status"], shown["lat"], shown["long"]) == ("open", 42.9003, 71.3667)
    roads.actions.decide(
        number, Decision(accept=False, answer="Не дорога общего пользования."), "c"
    )
    (shown,) = citizen.get(f"{V2}/requests/{number}.json").json()
    assert (shown["status"], shown["status_notes"]) == ("closed", "Не дорога общего пользования.")
    assert citizen.get(f"{V2}/requests.json?status=open").json() == []
    assert len(citizen.get(f"{V2}/requests.json?status=closed").json()) == 1


def test_nothing_about_the_person_is_stored_or_shown(citizen, roads):
    """Name, telephone, e-mail and link are nowhere; the words are for officers only."""
    send(citizen)
    shown = citizen.get(f"{V2}/requests.json").text + citizen.get(f"{V2}/requests.xml").text
    log = "".join(str(stored.event.body) for stored in roads.house.log.read(0) if stored.event)
    for secret in ("asel@example.kz", "me.jpg", "+77000000000"):
        assert secret not in shown
        assert secret not in log
    assert "Асель" not in shown
    assert roads.views.proposed()[0].note.startswith("Позвоните")


def test_defects_that_officers_found_are_not_public(citizen, roads):
    """Only citizens' own reports are in the API."""
    defect = roads.record(1)
    assert citizen.get(f"{V2}/requests.json").json() == []
    assert citizen.get(f"{V2}/requests/{defect}.json").status_code == 404


def test_faults_are_told_as_the_specification_says(citizen):
    """A list of code and description, in the form asked for."""
    for more, code in (
        ({"service_code": ""}, 400),
        ({"service_code": "unicorn"}, 404),
        ({"lat": "", "long": "", "address_string": ""}, 400),
        ({"lat": "north"}, 400),
        ({"lat": "142.9"}, 400),
        ({"description": "x" * 2001}, 400),
    ):
        answer = send(citizen, **more)
        assert (answer.status_code, answer.json()[0]["code"]) == (code, code), more
    assert send(citizen, description="x" * 70_000).status_code == 400
    root = Xml.fromstring(send(citizen, "xml", service_code="").content)
    assert root.tag == "errors"
    assert root[0].findtext("code") == "400"


def test_reports_are_filtered_by_code_and_days(citizen, roads):
    """Codes, ids and days; without days the last ninety."""
    first = send(citizen).json()[0]["service_request_id"]
    roads.house.clock.move(100 * 86_400)
    second = send(citizen, service_code="water").json()[0]["service_request_id"]

    def ids(query):
        listed = citizen.get(f"{V2}/requests.json?{query}").json()
        return [one["service_request_id"] for one in listed]

    assert ids("") == [second]
    assert ids("service_code=pothole,water") == [second]
    assert ids("service_code=pothole") == []
    assert ids("start_date=2026-01-01T00:00:00Z&end_date=2026-02-01T00:00:00Z") == [first]
    assert set(ids(f"service_request_id={first},{second}")) == {first, second}


def test_one_address_cannot_flood_the_officers(citizen, roads):
    """Ten an hour; the eleventh is told to wait, and an hour later it is taken."""
    statuses = [send(citizen).status_code for _ in range(12)]
    assert statuses == [201] * 10 + [429] * 2
    assert send(citizen).headers["retry-after"] == "3600"
    roads.house.clock.move(3601)
    assert send(citizen).status_code == 201


def test_discovery_names_the_endpoint(citizen):
    """JSON and XML name version and formats."""
    (endpoint,) = citizen.get("/open311/discovery.json").json()["endpoints"]
    assert endpoint["url"] == "http://centre.test/open311/v2"
    assert (
        Xml.fromstring(citizen.get("/open311/discovery.xml").content).find(".//format") is not None
    )
