"""Reports of the studies: JSON, GeoJSON, pictures and a PDF for the meeting."""
