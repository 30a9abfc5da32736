"""The metrology file as a printed form, in the language of a catalogue."""

from sergek.centre.catalogue import Catalogue
from sergek.core.sheet import Part, Sheet
from sergek.traffic.metrology import CalibrationEntry, MetrologyFile

__all__ = ["metrology_sheet"]

Rows = tuple[tuple[str, ...], ...]
_TWO, _COUNTED = (0.7, 0.3), (0.5, 0.25, 0.25)


def metrology_sheet(file: MetrologyFile, texts: Catalogue) -> Sheet:
    """One camera's file: what its page shows, and the errors against truth where one is known."""

    def said(key: str) -> str:
        return texts(f"metrology.{key}")

    rejected = tuple(
        (texts(f"metrology.reason.{reason}"), str(count), _share(count, file.passages))
        for reason, count in file.rejected_by_reason.items()
    )
    counted: Rows = (
        (said("seen"), str(file.passages)),
        (said("measured"), f"{file.measured} ({_share(file.measured, file.passages)})"),
        (said("appeals"), str(file.appeals)),
        (said("upheld"), str(file.appeals_upheld)),
    )
    parts = [
        _part(texts, said("counted"), counted, _TWO),
        _part(texts, said("rejected"), rejected, _COUNTED),
        _part(texts, texts("sites.certificates"), tuple((c,) for c in file.certificates), (1.0,)),
        _part(texts, said("calibrations"), _calibrations(file, texts), (0.26, 0.18, 0.36, 0.2)),
        _self_tests(file, texts),
    ]
    if file.against_truth is not None:
        parts.append(_part(texts, said("truth.title"), _errors(file, texts), _TWO))
    title = f"{said('title')}: {file.camera_id}"
    facts = ((texts("prescriptions.site"), file.site_id), (said("device"), file.device))
    return Sheet(title=title, facts=facts, parts=tuple(parts))


def _part(texts: Catalogue, title: str, rows: Rows, shares: tuple[float, ...]) -> Part:
    return Part(title, rows=rows, shares=shares) if rows else Part(title, texts("sites.none"))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "—"


def _calibrations(file: MetrologyFile, texts: Catalogue) -> Rows:
    def row(one: CalibrationEntry) -> tuple[str, ...]:
        fits = "" if one.rms_px is None else f"rms {one.rms_px:.2f} px"
        scale = "" if one.scale_u_percent is None else f"± {one.scale_u_percent:.2f} % (k = 2)"
        return (
            one.days,
            texts("sites.points", count=one.points),
            "; ".join(each for each in (fits, scale) if each),
            one.fault or one.surveyed_by,
        )

    return tuple(row(one) for one in file.calibrations)


def _self_tests(file: MetrologyFile, texts: Catalogue) -> Part:
    columns = ("day", "seen", "measured", "apart", "camera")
    rows = tuple(
        (
            str(test["day"]),
            f"{test['seen']:g}",
            f"{test['measured']:g}",
            f"{apart:+.2f}" if isinstance(apart := test["methods_apart_kmh"], float) else "—",
            texts(f"metrology.is.{test['camera']}"),
        )
        for test in file.self_tests
    )
    title = texts("metrology.self_tests")
    if not rows:
        return Part(title, texts("sites.none"))
    head = tuple(texts(f"metrology.{name}") for name in columns)
    shares = (0.2, 0.15, 0.15, 0.25, 0.25)
    return Part(title, texts("metrology.self_test_says"), head, rows, shares)


def _errors(file: MetrologyFile, texts: Catalogue) -> Rows:
    truth = file.against_truth
    assert truth is not None
    values = {
        "passages": str(truth.passages),
        "mean": f"{truth.mean_abs_kmh:.2f}",
        "max": f"{truth.max_abs_kmh:.2f}",
        "u": f"{truth.mean_u_kmh:.2f}",
        "covered": f"{truth.covered:.1%}",
    }
    return tuple((texts(f"metrology.truth.{name}"), value) for name, value in values.items())
