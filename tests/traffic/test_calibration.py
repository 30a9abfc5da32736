"""Points become a pose, or one sentence."""

import numpy as np
import pytest

from sergek.core.errors import ConfigError
from sergek.core.site import Distance
from sergek.testing.passages import Mount, survey_of
from sergek.traffic.calibration import calibrate, ground_at


def shrunk(survey, **changes):
    return type(survey).model_validate(survey.model_dump() | changes)


@pytest.mark.parametrize("count", [4, 6, 12])
def test_perfect_points_give_the_true_camera(count):
    """Position to a centimetre and no residual, from four points up."""
    mount = Mount(k1=0.0)
    result = calibrate(*survey_of(mount, count=count))
    assert np.allclose(result.pose.parameters[6:9], [-1, 0, 6], atol=0.01)
    assert result.rms_px < 0.01


def test_the_covariance_covers_what_repeated_surveys_scatter():
    """Over 40 noisy surveys the road's scale strays as much as the covariance says."""
    rng = np.random.default_rng(7)
    mount = Mount()
    probe = mount.pixels(np.array([[0.0, 20, 0], [0, 28, 0]]))
    strayed = []
    for _ in range(40):
        pose = calibrate(*survey_of(mount, rng)).pose
        at, spread = np.array(pose.parameters), np.array(pose.covariance).reshape(9, 9)
        steps = np.sqrt(np.diag(spread)) * 0.1

        def length(p, pose=pose):
            ends = ground_at(pose.model_copy(update={"parameters": tuple(p)}), probe)
            return np.linalg.norm(ends[1] - ends[0])

        slope = np.array([(length(at + row) - length(at)) for row in np.diag(steps)]) / steps
        strayed.append((length(at) - 8.0) / np.sqrt(slope @ spread @ slope))
    assert 0.7 < np.std(strayed) < 1.4


def test_distortion_is_found_from_many_points():
    """k1 comes out within its own uncertainty."""
    pose = calibrate(*survey_of(Mount(k1=-0.15, focal_px=1500), count=24)).pose
    assert abs(pose.parameters[1] + 0.15) < 3 * np.sqrt(pose.covariance[10])


def test_three_points_are_refused():
    """At least four."""
    channel, survey = survey_of(Mount())
    with pytest.raises(ConfigError, match="3 points; at least 4"):
        calibrate(channel, shrunk(survey, points=survey.points[:3]))


def test_points_on_one_line_are_refused():
    """A kerb alone fixes nothing."""
    channel, survey = survey_of(Mount())
    line = [p for p in survey.points if p.ground_m[0] == 0]
    with pytest.raises(ConfigError, match="lie on one line"):
        calibrate(channel, shrunk(survey, points=line))


def test_three_of_four_on_one_line_are_refused():
    """With four points no three may be collinear; they are named."""
    channel, survey = survey_of(Mount())
    line = [p for p in survey.points if p.ground_m[0] == 0][:3]
    with pytest.raises(ConfigError, match="p2, p5, p8 lie on one line"):
        calibrate(channel, shrunk(survey, points=[survey.points[0], *line]))


def test_contradicting_distances_are_named():
    """A tape distance against the coordinates."""
    channel, survey = survey_of(Mount())
    tape = Distance(between=("p1", "p3"), metres=10.5)
    with pytest.raises(ConfigError, match=r"p1–p3 is 10.50 m by tape but 10.00 m"):
        calibrate(channel, shrunk(survey, distances=[tape]))


def test_a_point_clicked_wrongly_is_named():
    """A click 60 px off stands out against the others."""
    channel, survey = survey_of(Mount())
    points = list(survey.points)
    x, y = points[4].pixel
    points[4] = points[4].model_copy(update={"pixel": (x + 60, y)})
    with pytest.raises(ConfigError, match=r"point p5 lies [0-9.]+ px"):
        calibrate(channel, shrunk(survey, points=points))


def test_points_crowded_together_are_refused():
    """Four points within a metre say nothing about twenty metres of road."""
    mount = Mount()
    channel, survey = survey_of(mount)
    points = []
    for i, (x, y) in enumerate([(0, 25), (0.6, 25), (0, 25.9), (0.6, 25.9)]):
        pixel = mount.pixels(np.array([x, y, 0.0]))
        points.append(
            survey.points[i].model_copy(
                update={"pixel": (float(pixel[0]), float(pixel[1])), "ground_m": (x, y)}
            )
        )
    with pytest.raises(ConfigError, match="scale of the road only to"):
        calibrate(channel, shrunk(survey, points=points))
