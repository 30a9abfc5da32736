"""Where new posts go: from a city and a norm to the order of hires and what callers notice."""

from dataclasses import dataclass
from datetime import date

from sergek.planning.city.model import City
from sergek.planning.service.catchment import Catchments, catchments
from sergek.planning.service.norms import norm_on, read_norms
from sergek.planning.service.queueing import Service, simulate_service
from sergek.planning.service.staffing import StaffingPlan, plan_staffing

__all__ = ["ServicePlan", "plan_service"]


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """`norm` in residents per inspector; what callers notice `before` and `after` the hires."""

    areas: Catchments
    norm: int
    staffing: StaffingPlan
    before: Service
    after: Service


def plan_service(
    city: City, posts: int, growth: float, norm: int | None, on: date, call_share: float
) -> ServicePlan:
    """So many new posts under that norm, or the one in force on the day. `growth` 0.02 is 2 %."""
    limit = norm_on(read_norms(), "city", on).residents if norm is None else norm
    areas = catchments(city, call_share)
    now = [station.posts for station in city.stations]
    staffing = plan_staffing(areas.loads, now, posts, limit, areas.working_share, growth)
    before, after = (
        simulate_service(areas.calls_per_day, areas.effective(counts), areas.travel_min)
        for counts in (now, list(staffing.posts))
    )
    return ServicePlan(areas, limit, staffing, before, after)
