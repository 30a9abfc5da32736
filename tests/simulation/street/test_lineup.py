"""The line-up of plates: pinned by its seed, every plate another one, each vehicle in view."""

from sergek.simulation.street.fleet import build_fleet
from sergek.simulation.street.lineup import lineup
from sergek.simulation.street.observe import frame_truth


def test_a_seed_gives_the_same_scenes_and_more_than_a_thousand_plates() -> None:
    """Two runs give the same scenes; no plate comes twice often enough to matter."""
    scenes = list(lineup(22))
    assert scenes == list(lineup(22))
    assert scenes != list(lineup(23))
    plates = [mover.text for scene in scenes for mover in build_fleet(scene)]
    assert len(plates) == 48 * 24
    assert len(set(plates)) > 1100


def test_nearly_every_vehicle_shows_its_plate_whole() -> None:
    """On the truth of a scene's pictures at least nine in ten plates are once wholly in view."""
    scene = list(lineup(22, 5))[4]
    fleet = build_fleet(scene)
    shown = {
        vehicle.vehicle_id
        for index in range(scene.frames)
        for vehicle in frame_truth(scene, fleet, index).vehicles
        if any(plate.visible_share > 0.98 for plate in vehicle.plates)
    }
    assert len(shown) >= 0.9 * len(fleet)
