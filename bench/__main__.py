"""`python -m bench [NAME…]` runs the benches and writes `docs/ref/results.json`."""

import importlib
import pkgutil
import sys

import bench


def main() -> None:
    """Run the named benches, or all; each module `bench.NAME` has a `run() -> None`."""
    names = sys.argv[1:] or [
        module.name for module in pkgutil.iter_modules(bench.__path__) if module.name[0] != "_"
    ]
    for name in names:
        print(f"== {name}")
        importlib.import_module(f"bench.{name}").run()


main()
