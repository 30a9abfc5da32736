"""The documentation keeps up with the tree."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import typer

from sergek.cli.app import app

ROOT = Path(__file__).parent.parent


def test_every_direct_dependency_is_in_the_table() -> None:
    """A package nobody justified in docs/ref/dependencies.md cannot be depended on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    for extra in project["project"].get("optional-dependencies", {}).values():
        wanted += extra
    names = {re.match(r"[\w.-]+", line).group().lower() for line in wanted}  # type: ignore[union-attr]
    rows = re.findall(r"^\| ([\w.-]+) \|", (ROOT / "docs/ref/dependencies.md").read_text(), re.M)
    assert names == {row for row in rows if row != "package"}


def test_links_between_documents_lead_somewhere() -> None:
    """Every relative link in the documentation names a file that exists."""
    broken = []
    for page in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text()):
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} → {target}")
    assert not broken


def test_every_picture_is_shown_somewhere() -> None:
    """No picture lies in docs/images that no page links to."""
    pages = [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]
    shown = {
        Path(t).name for page in pages for t in re.findall(r"\]\(([^)\s]+)\)", page.read_text())
    }
    assert not {each.name for each in (ROOT / "docs" / "images").iterdir()} - shown


def commands(group: object, before: str = "") -> Iterator[tuple[str, set[str]]]:
    """Each command of the command line and its options."""
    for name, inner in getattr(group, "commands", {}).items():
        yield from commands(inner, f"{before} {name}".strip())
    if not hasattr(group, "commands"):
        given = [each for one in group.params for each in (*one.opts, *one.secondary_opts)]  # type: ignore[attr-defined]
        yield before, {"--help", *given}


def test_every_command_in_the_documentation_exists() -> None:
    """With the options that are named beside it; and every bench."""
    known = dict(commands(typer.main.get_command(app)))
    wrong = []
    for page in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]:
        text = page.read_text()
        for typed in re.findall(r"(?<![\w/.-])sergek ([a-z][^`|#\n]*)", text):
            words = typed.split()
            names = [name for name in known if words[: len(name.split())] == name.split()]
            inside = any(name.split()[: len(words)] == words for name in known)
            options = set(re.findall(r"(?<!\S)--[a-z][\w-]*", typed))
            if not (names or inside) or (names and options - known[max(names, key=len)]):
                wrong.append(f"{page.name}: sergek {typed}")
        for bench in re.findall(r"python -m bench ([a-z_]+)", text):
            if not (ROOT / "bench" / f"{bench}.py").exists():
                wrong.append(f"{page.name}: bench {bench}")
    assert not wrong


def test_lock_files_hold_no_addresses() -> None:
    """Locked requirements name versions and hashes, never where to download from."""
    for lock in ROOT.glob("requirements/*.txt"):
        assert not re.search(r"https?:|file:|--index|--find-links", lock.read_text())
