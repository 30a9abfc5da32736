"""Number plates drawn by our own code: Kazakh layouts, foreign shapes, as cameras see them.

The standard's own drawing of the letters is not published, so plates are drawn with several
similar typefaces: those of this machine (`typefaces.installed`) and strokes of our own
(`strokes`). Everything is deterministic by seed: the same seed gives the same texts, layouts and
corners everywhere, and the same pixels wherever the same typefaces are installed.
"""
