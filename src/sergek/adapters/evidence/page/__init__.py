"""The page on which anybody checks a package: one static file, no server, three languages."""

from functools import cache
from importlib import resources

__all__ = ["verification_page"]


@cache
def verification_page() -> str:
    """The whole page as one HTML file to be opened from disk."""
    folder = resources.files("sergek.adapters.evidence.page")
    parts = [
        folder.joinpath(name).read_text("utf-8") for name in ("speed.js", "package.js", "page.js")
    ]
    script = "\n".join(part.replace('"use strict";\n', "") for part in parts)
    page = folder.joinpath("page.html").read_text("utf-8")
    return page.replace("/* scripts */", '"use strict";\n' + script)
