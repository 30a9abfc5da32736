"""The city that all studies share: roads, blocks, stations, schools, accidents, complexes."""
