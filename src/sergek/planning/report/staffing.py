"""The report on posts: where new inspectors go, in which order, and what callers notice."""

from sergek.planning.city.store import point
from sergek.planning.report.maps import figure, save
from sergek.planning.report.page import Report, number
from sergek.planning.service.plan import ServicePlan
from sergek.planning.service.queueing import Interval
from sergek.planning.service.staffing import StaffingPlan

__all__ = ["report_staffing"]


def report_staffing(report: Report, found: ServicePlan) -> None:
    """Fill the report."""
    plan, loads, norm = found.staffing, found.areas.loads, float(found.norm)
    before, after = found.before, found.after
    stations = report.city.stations
    report.prove("station_load", plan.proof)
    draw_hires(report, plan, norm)
    report.table(
        ["", report.word("before"), report.word("after")],
        [
            [report.word("minutes"), span(before.minutes), span(after.minutes)],
            [report.word("in_time"), span(before.in_time), span(after.in_time)],
        ],
    )
    report.table(
        [report.word("station"), report.word("posts"), report.word("needed")],
        [
            [station.name or station.id, f"{station.posts} → {count}", need]
            for station, count, need in zip(stations, plan.posts, plan.needed, strict=True)
        ],
    )
    rows = [
        {
            "station": station.id,
            "load": round(load, 1),
            "posts": station.posts,
            "planned": count,
            "needed": need,
        }
        for station, load, count, need in zip(stations, loads, plan.posts, plan.needed, strict=True)
    ]
    report.body |= {
        "norm": norm,
        "norm_met_after_hires": plan.norm_met_at,
        "posts_needed_for_norm": sum(plan.needed),
        "stations": rows,
        "hires": [
            {
                "turn": hire.turn,
                "station": stations[hire.station].id,
                "before": round(hire.before, 1),
                "after": round(hire.after, 1),
            }
            for hire in plan.hires
        ],
        "callers": {
            name: {
                key: {"mean": part.mean, "low": part.low, "high": part.high}
                for key, part in (
                    ("minutes", service.minutes),
                    ("in_time", service.in_time),
                    ("busy", service.busy),
                )
            }
            for name, service in (("before", before), ("after", after))
        },
    }
    report.geojson("stations", [point(s.at, row) for s, row in zip(stations, rows, strict=True)])


def span(part: Interval) -> str:
    """Mean and interval."""
    return f"{part.mean:.3g} ({part.low:.3g}…{part.high:.3g})"


def draw_hires(report: Report, plan: StaffingPlan, norm: float) -> None:
    """The largest load as posts are filled one after another."""
    drawn, ax = figure(7, 4)
    ax.set_aspect("auto")
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(True)
    if plan.hires:
        turns = [0, *(hire.turn for hire in plan.hires)]
        loads = [plan.hires[0].before, *(hire.after for hire in plan.hires)]
        ax.step(turns, loads, where="post", color="#1f4e79")
        ax.set_xticks(turns[:: max(1, len(turns) // 10)])
    ax.axhline(norm, color="#b00020", linestyle="--", label=f"norm {number(norm)}")
    ax.axhline(plan.proof.bound, color="#e07b00", linestyle=":", label=report.word("bound"))
    ax.yaxis.set_major_formatter(lambda value, _: number(value))
    ax.set_yticks(sorted({round(v, -2) for v in (norm, plan.proof.value, *ax.get_ylim())}))
    ax.tick_params(labelsize=8)
    ax.set_title(report.word("station_load"), fontsize=9)
    ax.legend(fontsize=8)
    save(drawn, report.picture("hires"))
