"""`python -m bench [NAME…]` runs the benches, keeps their figures and writes the page of them."""

import argparse
import importlib
import pkgutil

import bench
from bench._page import write_page


def main() -> None:
    """Run the named benches, or all; each module `bench.NAME` has a `run() -> None`."""
    known = [m.name for m in pkgutil.iter_modules(bench.__path__) if m.name[0] != "_"]
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="*", help="one of: " + ", ".join(known))
    names = parser.parse_args().name or known
    for name in names:
        if name not in known:
            parser.error(f"there is no bench {name!r}; there are {', '.join(known)}")
    for name in names:
        print(f"== {name}")
        importlib.import_module(f"bench.{name}").run()
    write_page()


main()
