"""`python -m bench [NAME…]` runs the benches, keeps their figures and writes the page of them."""

import importlib
import pkgutil
import sys

import bench
from bench._page import write_page


def main() -> None:
    """Run the named benches, or all; each module `bench.NAME` has a `run() -> None`."""
    names = sys.argv[1:] or [
        module.name for module in pkgutil.iter_modules(bench.__path__) if module.name[0] != "_"
    ]
    for name in names:
        print(f"== {name}")
        importlib.import_module(f"bench.{name}").run()
    write_page()


main()
