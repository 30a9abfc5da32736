"""Everything that touches the world: streams, stores, buses."""
