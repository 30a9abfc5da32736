"""One TOML file becomes one frozen Settings."""
