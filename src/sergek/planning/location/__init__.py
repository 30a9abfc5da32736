"""Location problems: medians and coverage, each solved with a proof."""
