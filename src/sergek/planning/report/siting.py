"""The report on complexes: what returns, in which month, the curve of money and coverage."""

from typing import Any

import numpy as np

from sergek.planning.arrays import FloatArray, IntArray
from sergek.planning.city.model import City, Complex
from sergek.planning.city.store import point
from sergek.planning.report.maps import draw_barriers, draw_roads, figure, save, scale_bar
from sergek.planning.report.page import Report, number
from sergek.planning.siting.plan import SitingPlan
from sergek.planning.siting.problem import Siting
from sergek.planning.siting.solve import Choice, explain

__all__ = ["report_siting"]

Curve = list[tuple[float, Choice]]


def report_siting(report: Report, plan: SitingPlan) -> None:
    """Fill the report."""
    problem, choice, when, points = plan.problem, plan.choice, plan.when, plan.points
    report.prove("worth", choice.proof)
    report.prove("worth_months", plan.months_proof)
    draw_map(report, problem, choice, when)
    draw_curve(report, plan.curve, choice)
    candidates = [one for one in report.city.complexes if one.state != "standing"]
    order = sorted(
        range(len(candidates)), key=lambda k: (not choice.chosen[k], when[k], -points[k])
    )
    reasons = [explain(problem, k, bool(choice.chosen[k]), float(points[k])) for k in order]
    report.table(
        [report.word("month"), ""],
        [
            [when[k] + 1 if choice.chosen[k] else "–", reason[report.language]]
            for k, reason in zip(order, reasons, strict=True)
        ],
    )
    lines = [f"{share:.0%} → {worth:.2f}, {common}" for share, worth, common in plan.sensitivity]
    report.text(report.word("sensitivity") + ": " + "; ".join(lines))
    report.body |= {
        "budget_kzt_k": choice.cost,
        "complexes": [
            row(candidates[k], choice, when, points, k) | {"why": reason}
            for k, reason in zip(order, reasons, strict=True)
        ],
        "curve": [
            {
                "budget_kzt_k": budget,
                "value": best.proof.value,
                "bound": best.proof.bound,
                "complexes": int(best.chosen.sum()),
            }
            for budget, best in plan.curve
        ],
        "sensitivity": [
            {"risk_share": s, "value": w, "in_common": c} for s, w, c in plan.sensitivity
        ],
    }
    report.geojson(
        "complexes",
        [point(candidates[k].at, row(candidates[k], choice, when, points, k)) for k in order],
    )


def row(one: Complex, choice: Choice, when: IntArray, points: FloatArray, k: int) -> dict[str, Any]:
    """A complex as a record."""
    return {
        "id": one.id,
        "kind": one.kind,
        "cost_kzt_k": one.cost_kzt_k,
        "chosen": bool(choice.chosen[k]),
        "month": int(when[k]) + 1 if choice.chosen[k] else None,
        "points": round(float(points[k]), 4),
    }


def places(city: City, complexes: list[Complex]) -> tuple[FloatArray, FloatArray]:
    """Coordinates (m)."""
    at = np.array([one.at for one in complexes]).reshape(-1, 2)
    return city.projection.to_metres(at[:, 0], at[:, 1])


def draw_map(report: Report, problem: Siting, choice: Choice, when: IntArray) -> None:
    """Where complexes return, coloured by month; junctions square, sections round."""
    city = report.city
    drawn, ax = figure(8.5, 8)
    draw_roads(ax, city.roads)
    draw_barriers(ax, city)
    candidates = [one for one in city.complexes if one.state != "standing"]
    x, y = places(city, candidates)
    sx, sy = places(city, [one for one in city.complexes if one.state == "standing"])
    ax.scatter(sx, sy, s=26, color="#2e7d32", marker="*", zorder=5, label=report.word("standing"))
    out = ~choice.chosen
    ax.scatter(
        x[out],
        y[out],
        s=26,
        color="#9e9e9e",
        marker="x",
        zorder=5,
        label=report.word("not_chosen"),
    )
    kinds = np.array(problem.kinds)
    shades: Any = None
    for kind, marker in (("junction", "s"), ("section", "o")):
        mine = choice.chosen & (kinds == kind)
        shades = ax.scatter(
            x[mine],
            y[mine],
            c=when[mine] + 1,
            cmap="viridis_r",
            vmin=1,
            vmax=max(2, when.max() + 1),
            s=46,
            marker=marker,
            edgecolor="black",
            linewidth=0.5,
            zorder=6,
            label=f"{report.word('chosen')}: {report.word(kind)}",
        )
    drawn.colorbar(shades, ax=ax, shrink=0.6, label=report.word("month"))
    ax.legend(fontsize=7, loc="upper right")
    ax.set_title(
        f"{report.word('siting')}: {int(choice.chosen.sum())} / {len(candidates)}, "
        f"{number(choice.cost / 1000)} {report.word('mln')}",
        fontsize=10,
    )
    scale_bar(ax)
    save(drawn, report.picture("siting-map"))


def draw_curve(report: Report, curve: Curve, choice: Choice) -> None:
    """Worth against money, with its bound."""
    drawn, ax = figure(7, 4)
    ax.set_aspect("auto")
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(True)
    money = np.array([row[0] for row in curve]) / 1000
    ax.plot(
        money,
        [best.proof.bound for _, best in curve],
        color="#b00020",
        linewidth=3,
        alpha=0.35,
        label=report.word("bound"),
    )
    ax.plot(
        money,
        [best.proof.value for _, best in curve],
        "o-",
        color="#1f4e79",
        markersize=4,
        label=report.word("value"),
    )
    ax.plot([choice.cost / 1000], [choice.proof.value], "D", color="#e07b00", zorder=5)
    for x, (_, best) in zip(money, curve, strict=True):
        at, words = (x, best.proof.value), str(int(best.chosen.sum()))
        ax.annotate(words, at, textcoords="offset points", xytext=(0, -11), fontsize=7)
    ax.set_xlabel(report.word("budget"), fontsize=8)
    ax.set_ylabel(report.word("worth"), fontsize=8)
    ax.tick_params(labelsize=7)
    ax.xaxis.set_major_locator(auto_ticks())
    ax.yaxis.set_major_locator(auto_ticks())
    ax.grid(alpha=0.3)
    ax.legend(fontsize=8)
    save(drawn, report.picture("siting-curve"))


def auto_ticks() -> Any:
    """Ticks at round numbers."""
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(7)
