"""One street seen by one camera: a scene file becomes exact truth and, if wanted, video."""
