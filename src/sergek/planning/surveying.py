"""The routes of a survey as a study: what crosses a process, with its report."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sergek.core.errors import ConfigError
from sergek.core.geo import LngLat
from sergek.core.road import SurveyInputs, SurveyRoute, SurveyRoutes
from sergek.planning.city.model import City
from sergek.planning.desk import proved
from sergek.planning.proof import Progress, Watch
from sergek.planning.report.page import LANGUAGES, Report
from sergek.planning.report.roads import report_survey, route_line
from sergek.planning.survey.plan import SurveyPlan, plan_survey

__all__ = ["survey_routes"]

# Kinds of streets in the words of OpenStreetMap that count as main ones.
_MAIN = ("motorway", "trunk", "primary", "secondary", "tertiary")


def survey_routes(inputs: SurveyInputs, city: City, out: Path, tell: Progress) -> SurveyRoutes:
    """Plan `crews` × `days` routes; `LANGUAGE/report.pdf` and pictures go under `out`."""
    kinds = tuple(kind for kind in _MAIN if kind in city.roads.kind) if inputs.main_only else ()
    if inputs.main_only and not kinds:
        raise ConfigError("This city's streets are not told apart: survey all of them.")
    watch = Watch(inputs.time_limit_s, tell)
    count = inputs.crews * inputs.days
    plan = plan_survey(city, watch, count, inputs.one_way, None, kinds, inputs.gap)
    for language in LANGUAGES:
        report = Report("survey", city, language, out / language)
        left = list(plan.left_out)
        report_survey(report, plan.roads, plan.walk, plan.routes, plan.longest, left)
        report.write()
    return SurveyRoutes(
        city=city.name,
        synthetic=city.synthetic,
        streets_m=round(float(plan.roads.length_m.sum()), 1),
        total=proved(plan.walk.proof),
        longest=proved(plan.longest),
        left_out=plan.left_out,
        routes=tuple(
            SurveyRoute(
                crew=place % inputs.crews + 1,
                day=place // inputs.crews + 1,
                length_m=round(route.length_m, 1),
                line=_line(city, plan, place),
                wrong_turns=route.wrong_turns,
            )
            for place, route in enumerate(plan.routes)
        ),
    )


def _line(city: City, plan: SurveyPlan, place: int) -> Sequence[LngLat]:
    """The route in driving order, a point that repeats the one before left out."""
    line = route_line(plan.roads, plan.routes[place])
    lng, lat = city.projection.to_degrees(line[:, 0], line[:, 1])
    points = np.round(np.column_stack([lng, lat]), 6)
    new = np.ones(len(points), dtype=bool)
    new[1:] = (points[1:] != points[:-1]).any(axis=1)
    return tuple((float(x), float(y)) for x, y in points[new])
