"""Streets from OpenStreetMap extracts."""

from pathlib import Path

import numpy as np
import pytest

from sergek.core.errors import ConfigError
from sergek.planning.city.osm import read_osm
from sergek.planning.city.projection import Projection, utm_epsg
from sergek.planning.city.rejects import Rejects

SMALL = """<?xml version="1.0"?><osm version="0.6">
<node id="1" lat="42.900" lon="71.370"/><node id="2" lat="42.900" lon="71.371"/>
<node id="3" lat="42.900" lon="71.372"/><node id="4" lat="42.901" lon="71.371"/>
<node id="5" lat="42.902" lon="71.371"><tag k="amenity" v="school"/><tag k="name" v="№1"/></node>
<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/>
 <tag k="name" v="Төле би"/><tag k="maxspeed" v="60"/></way>
<way id="11"><nd ref="2"/><nd ref="4"/><nd ref="5"/><tag k="highway" v="residential"/>
 <tag k="oneway" v="-1"/><tag k="maxspeed" v="fast"/></way>
<way id="12"><nd ref="1"/><nd ref="4"/><tag k="highway" v="footway"/></way>
<way id="13"><nd ref="1"/><nd ref="99"/><tag k="highway" v="residential"/></way>
<way id="14"><nd ref="3"/><nd ref="4"/><tag k="highway" v="service"/><tag k="access" v="no"/></way>
</osm>"""


def test_small_extract(tmp_path: Path):
    """Ways are cut at junctions, turned by oneway=-1, measured in metres, rejects told why."""
    path = tmp_path / "small.osm"
    path.write_text(SMALL)
    rejects = Rejects()
    extract = read_osm(path, rejects)
    roads = extract.roads
    assert extract.projection.epsg == 32642
    assert roads.segments == 3
    assert roads.name == ("Төле би", "Төле би", "")
    assert roads.length_m == pytest.approx([81.6, 81.6, 222.1], rel=0.01)
    assert roads.one_way.tolist() == [False, False, True]
    assert roads.head[2] == roads.head[0]
    assert len(roads.shape_of(2)) == 3
    assert extract.schools == [("node/5", "№1", 71.371, 42.902)]
    reasons = " ".join(rejects.summary())
    assert "maxspeed=fast is not a speed" in reasons
    assert "its nodes are outside the extract" in reasons
    assert "highway=footway is not for cars" in reasons


def test_unreadable_is_refused(tmp_path: Path):
    """A file without streets, or no OSM file at all, is refused in one sentence."""
    path = tmp_path / "empty.osm"
    path.write_text('<?xml version="1.0"?><osm version="0.6"></osm>')
    with pytest.raises(ConfigError, match="holds no street"):
        read_osm(path, Rejects())
    path.write_text("not xml")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_osm(path, Rejects())
    with pytest.raises(ConfigError, match="is not a file"):
        read_osm(tmp_path / "absent.osm.pbf", Rejects())


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "epsg"),
    [("helsinki.osm.pbf", 32635), ("west_oakland.osm.bz2", 32610), ("moscow_small.osm.gz", 32637)],
)
def test_any_extract_works(shared_data: Path, name: str, epsg: int):
    """PBF, bz2 and gz extracts of other cities give a routable network in their UTM zone."""
    extract = read_osm(shared_data / "map" / name, Rejects())
    assert extract.projection.epsg == epsg
    piece = extract.roads.largest_piece(strong=True)
    assert piece.length_m.sum() > 0.7 * extract.roads.length_m.sum()
    assert np.isfinite(piece.from_node(0)).all()


def test_zones():
    """Taraz lies in zone 42 north; the poles have no zone."""
    assert utm_epsg(71.38, 42.9) == 32642
    assert utm_epsg(-70.0, -33.0) == 32719
    with pytest.raises(ConfigError):
        utm_epsg(0, 89)
    lng, lat = np.array([71.38]), np.array([42.9])
    back = Projection(32642).to_degrees(*Projection(32642).to_metres(lng, lat))
    assert np.allclose(back, (lng, lat), atol=1e-8)
