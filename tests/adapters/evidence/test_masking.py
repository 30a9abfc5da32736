"""The public copy: nobody but the accused vehicle can be recognised on it."""

import io
from datetime import timedelta
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from sergek.adapters.evidence.container import MANIFEST, unpack
from sergek.adapters.evidence.manifest import Manifest
from sergek.adapters.evidence.masking import (
    hidden,
    masked,
    public_package,
    rows_at,
    traced,
)
from sergek.adapters.evidence.package import Media
from sergek.adapters.evidence.verify import verify
from sergek.adapters.video import open_source
from sergek.adapters.video.clip import copied_clip
from sergek.core.masks import MaskedBox, MaskPlan, MaskRow, MoreMasks
from sergek.testing.facts import WHEN

CLIP = Path(__file__).parents[3] / "demo" / "junction.mp4"
# The rider and the runner some seconds into the clip, by eye; the runner is accused.
RIDER, RUNNER = (1060.0, 380.0, 1200.0, 640.0), (620.0, 140.0, 800.0, 320.0)
PLATE = (670, 255, 745, 275)


@pytest.fixture(scope="module")
def scene():
    """Two seconds of the junction as sent, and its picture at their middle."""
    source = open_source(str(CLIP), realtime=False)
    packets = [p for p in source.packets() if 17.99 <= (p.media_s or 0) < 20]
    clip = copied_clip(source.info, packets)
    with av.open(io.BytesIO(clip)) as container:
        picture = next(iter(container.decode(video=0))).to_ndarray(format="bgr24")
    return clip, picture


@pytest.fixture(scope="module")
def copy(case, scene):
    clip, picture = scene
    rows = tuple(MaskRow(at_s=at / 10, persons=(RIDER,), own=RUNNER) for at in range(0, 20, 2))
    done, still = cv2.imencode(".jpg", picture)
    assert done
    media = [
        Media("overview_before", "image/jpeg", bytes(still)),
        Media("plate", "image/jpeg", bytes(still)),
        Media("clip", "video/mp4", clip),
    ]
    plan = MaskPlan(rows=rows, stills={"overview_before": 0.05})
    original = case.again(media=media, masks=plan)
    made = public_package(original.data, original.sha256, case.centre, WHEN + timedelta(days=1))
    return original, made


def alike(shown, true, region):
    """How much of the true picture's detail is left in a region, -1 to 1."""
    parts = []
    for picture in (shown, true):
        x1, y1, x2, y2 = (round(value) for value in region)
        grey = cv2.cvtColor(np.asarray(picture), cv2.COLOR_BGR2GRAY).astype(np.float32)
        parts.append((grey - cv2.GaussianBlur(grey, (0, 0), 3))[y1:y2, x1:x2].ravel())
    return float(np.corrcoef(*parts)[0, 1])


def test_it_verifies_as_the_centres_copy_and_names_the_original(case, copy):
    """The device's key does not sign it; the original's hash stands in it."""
    original, made = copy
    report = verify(made.data, case.trust, "0" * 64)
    assert report.ok, report
    assert report.kind == "public"
    assert report.original_sha256 == original.sha256
    assert report.signed_by == "Taraz centre"
    assert report.kmh == pytest.approx(verify(original.data, case.trust, "0" * 64).kmh)


def test_people_are_hidden_on_stills_and_in_the_clip_and_the_accused_plate_is_not(copy, scene):
    """In every picture of the clip; the blocks have no detail left."""
    clip, picture = scene
    items = unpack(copy[1].data)
    still = cv2.imdecode(np.frombuffer(items["overview_before.jpg"], np.uint8), cv2.IMREAD_COLOR)
    assert alike(still, picture, RIDER) < 0.4
    assert alike(still, picture, PLATE) > 0.9
    with av.open(io.BytesIO(items["clip.mp4"])) as container:
        assert container.streams.video[0].codec_context.name == "vp9"
        shown = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    with av.open(io.BytesIO(clip)) as container:
        true = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    assert len(shown) == len(true) == 30
    size = shown[0].shape[1::-1]
    region = tuple(value * size[0] / picture.shape[1] for value in RIDER)
    pairs = [
        (masked, cv2.resize(open_, size, interpolation=cv2.INTER_AREA))
        for masked, open_ in zip(shown, true, strict=True)
    ]
    assert max(alike(masked, open_, region) for masked, open_ in pairs) < 0.5
    elsewhere = (20, 20, 400, 200)
    assert min(alike(masked, open_, elsewhere) for masked, open_ in pairs[5:]) > 0.5


def test_the_original_clip_is_not_in_the_copy(copy, scene):
    """No hidden picture stays in the file."""
    clip, _ = scene
    assert clip[2000:2200] not in copy[1].data
    manifest = Manifest.from_bytes(unpack(copy[1].data)[MANIFEST])
    assert {item.role for item in manifest.items} >= {"clip", "overview_before", "plate", "masks"}


def test_a_package_that_does_not_say_what_to_mask_shows_only_the_plate(case):
    """Better none than a picture with faces."""
    made = public_package(case.original.data, case.original.sha256, case.centre, WHEN)
    items = unpack(made.data)
    assert items["plate.jpg"] == unpack(case.original.data)["plate.jpg"]
    assert not {"overview_before.jpg", "overview_after.jpg", "clip.mp4"} & set(items)


def test_what_a_person_hides_is_hidden_too(case, copy, scene):
    """On the named picture, and on the clip for all its length; other pictures stay the same."""
    _, picture = scene
    wide, high = picture.shape[1], picture.shape[0]
    x1, y1, x2, y2 = PLATE
    box = MaskedBox(x1=x1 / wide, y1=y1 / high, x2=x2 / wide, y2=y2 / high)
    verge = MaskedBox(x1=0.02, y1=0.03, x2=0.3, y2=0.27)
    more = MoreMasks(boxes={"overview_before": (box,), "clip": (verge,)})
    original, before = copy
    made = public_package(original.data, original.sha256, case.centre, WHEN, more)
    items, old = unpack(made.data), unpack(before.data)
    assert items["plate.jpg"] == old["plate.jpg"]
    still = cv2.imdecode(np.frombuffer(items["overview_before.jpg"], np.uint8), cv2.IMREAD_COLOR)
    assert alike(still, picture, PLATE) < 0.4
    assert max(grain(items["clip.mp4"], verge)) < 0.5 * min(grain(old["clip.mp4"], verge))


def grain(clip, box):
    """How much neighbouring pixels differ inside a box, on each picture of a clip."""
    with av.open(io.BytesIO(clip)) as container:
        frames = [each.to_ndarray(format="gray").astype(int) for each in container.decode(video=0)]
    high, wide = frames[0].shape
    rows = slice(round(box.y1 * high), round(box.y2 * high))
    columns = slice(round(box.x1 * wide), round(box.x2 * wide))
    return [float(np.abs(np.diff(frame[rows, columns], axis=1)).mean()) for frame in frames]


def test_what_was_found_about_a_moment_is_hidden():
    """A vehicle that the detector missed for a second stays hidden; far from any, the nearest."""
    rows = (MaskRow(at_s=1.0), MaskRow(at_s=1.8), MaskRow(at_s=4.0))
    plan = MaskPlan(rows=rows)
    assert [row.at_s for row in rows_at(plan, 1.5)] == [1.0, 1.8]
    assert [row.at_s for row in rows_at(plan, 9.0)] == [4.0]
    assert [row.at_s for row in rows_at(plan, 0.0)] == [1.0]


def test_the_accused_vehicle_is_shown_before_its_track_began():
    """It is told from others by its motion; what stands still or is elsewhere stays hidden."""

    def box(at_s):
        return (500.0 + 50 * at_s, 700.0 - 300 * at_s, 800.0, 1000.0 - 400 * at_s)

    parked = (1000.0, 400.0, 1200.0, 600.0)
    rows = [MaskRow(at_s=at, others=(parked, box(at), box(at + 0.01))) for at in (0.0, 0.3)]
    rows += [MaskRow(at_s=at, own=box(at), others=(parked,)) for at in (0.6, 0.8)]
    rows += [MaskRow(at_s=at, others=(parked, box(at))) for at in (1.1, 2.2)]
    found = traced(MaskPlan(rows=tuple(rows))).rows
    assert [row.own == box(row.at_s) for row in found] == [True, True, True, True, True, False]
    assert [len(row.others) for row in found] == [1, 1, 1, 1, 1, 2]


def test_another_vehicle_does_not_hide_the_accused_one():
    """Its plate stays legible where boxes overlap; people on it are hidden all the same."""
    picture = np.random.default_rng(2).integers(0, 255, (100, 200, 3), dtype=np.uint8)
    row = MaskRow(
        at_s=1.0, own=(50, 10, 110, 90), others=((80, 0, 200, 100),), persons=((60, 70, 70, 80),)
    )
    shown = masked(picture, MaskPlan(rows=(row,)), 1.0)
    assert (shown[60:68, 50:110] == picture[60:68, 50:110]).all()
    assert not (shown[:, 120:] == picture[:, 120:]).all(axis=2).mean() > 0.1
    assert not (shown[70:80, 60:70] == picture[70:80, 60:70]).all(axis=2).mean() > 0.1
    assert not (shown[15:50, 55:105] == picture[15:50, 55:105]).all(axis=2).mean() > 0.1


def test_a_region_beyond_the_picture_is_clipped():
    """Boxes reach over the edge."""
    picture = np.random.default_rng(1).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    found = hidden(picture, [(-20.0, -20.0, 30.0, 30.0), (200.0, 200.0, 300.0, 300.0)])
    assert found.shape == picture.shape
    assert (found[40:, 40:] == picture[40:, 40:]).all()
    assert not (found[:30, :30] == picture[:30, :30]).all()


def test_the_glass_of_a_nearing_vehicle_does_not_cover_its_plate():
    """On pictures that were analysed only the glass of that very moment is hidden."""
    picture = np.random.default_rng(2).integers(0, 255, (400, 300, 3), dtype=np.uint8)
    rows = tuple(
        MaskRow(at_s=at, own=(50, 40 + 600 * at, 250, 200 + 600 * at)) for at in (0.0, 0.1, 0.2)
    )
    shown = masked(picture, MaskPlan(rows=rows), 0.0)
    assert (shown[140:200, 50:250] == picture[140:200, 50:250]).all()
    assert not (shown[50:130, 60:240] == picture[50:130, 60:240]).all()
