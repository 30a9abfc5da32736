"""A survey's routes as a study."""

import numpy as np
import pytest

from sergek.core.errors import ConfigError
from sergek.core.road import SurveyInputs
from sergek.planning.city.synthetic import make_taraz
from sergek.planning.proof import Watch
from sergek.planning.survey.plan import plan_survey
from sergek.planning.surveying import survey_routes


@pytest.fixture(scope="module")
def town():
    return make_taraz(size=12)


def test_every_street_is_on_some_route_and_no_bound_is_above_its_value(town, tmp_path):
    """Two crews, two days: four closed lines from one yard that together drive every street."""
    inputs = SurveyInputs(crews=2, days=2, time_limit_s=1)
    plan = survey_routes(inputs, town, tmp_path, lambda *_: None)
    assert [(one.crew, one.day) for one in plan.routes] == [(1, 1), (2, 1), (1, 2), (2, 2)]
    assert len({one.line[0] for one in plan.routes}) == 1
    assert all(one.line[0] == one.line[-1] for one in plan.routes)
    for proof in (plan.total, plan.longest):
        assert proof.bound <= proof.value * (1 + 1e-6)
    assert max(one.length_m for one in plan.routes) == pytest.approx(plan.longest.value, abs=0.1)
    roads = town.roads.largest_piece(strong=False)
    driven = {place for one in plan.routes for place in one.line}
    lng, lat = town.projection.to_degrees(roads.x_m, roads.y_m)
    junctions = {(float(x), float(y)) for x, y in np.round(np.column_stack([lng, lat]), 6)}
    assert junctions <= driven
    assert sum(one.length_m for one in plan.routes) >= plan.streets_m * (1 - 1e-9)
    assert (tmp_path / "kk" / "report.pdf").is_file()


def test_more_routes_than_streets_are_refused(town):
    """Ten thousand crews are told at once how many streets there are to share."""
    streets = town.roads.largest_piece(strong=False).segments
    with pytest.raises(ConfigError, match=rf"10000 routes share {streets} streets: ask for fewer"):
        plan_survey(town, Watch(), routes=10_000)
