"""`python -m sergek.config.reference` prints `docs/ref/config.md`: every key, from the models."""

import inspect
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from sergek.config.settings import Settings

__all__ = ["reference"]

# Tables with a page of their own.
_ELSEWHERE = {"site": "site.md"}

_HEAD = """\
# The city's file

One TOML file describes an installation: `sergek run CITY.toml`. Every key has its unit in its
name. Unknown keys, wrong units, values out of range and doubled names are told all at once, each
with its line; `sergek check CITY.toml` then tries cameras, models, disk, ports and clock.
Relative paths count from the file's own folder.

Any key can be given by the environment instead, which wins over the file: `SERGEK__TABLE__KEY`
(`SERGEK__CENTRE__PORT=9090`), for a camera `SERGEK__CAMERA__ID__KEY` with `_` for `-`
(`SERGEK__CAMERA__ABAY_1__MAIN=rtsp://…`). That is the place for passwords. Values are read as
TOML, or as plain text where they are no TOML. SIGHUP restarts the processes with the file read
anew.

```toml
city = "Тараз"

[storage]
data = "/var/lib/sergek"

[[camera]]
id = "abay-1"
name = "Абай даңғылы, 1"
main = "rtsp://10.0.0.2/main"
sub = "rtsp://10.0.0.2/sub"
place = [71.3782, 42.9003]
lines = [[300, 700, 1800, 700]]
```

This page is printed by `python -m sergek.config.reference` from the settings themselves.
"""


def reference() -> str:
    """The whole page, Markdown."""
    return _HEAD + "".join(_tables(Settings, "")).rstrip() + "\n"


def _tables(model: type[BaseModel], name: str) -> Iterator[str]:
    inner: list[tuple[str, type[BaseModel]]] = []
    rows: list[str] = []
    for key, field in model.model_fields.items():
        part = _model_in(field.annotation)
        if not name and key in _ELSEWHERE:
            page = _ELSEWHERE[key]
            rows.append(f"| `{key}` | list of tables, see [{page}]({page}) | `[]` |\n")
        elif part is not None:
            is_list = typing.get_origin(field.annotation) is tuple
            dotted = f"{name}.{key}" if name else key
            inner.append((f"[[{dotted}]]" if is_list else f"[{dotted}]", part))
        else:
            rows.append(f"| `{key}` | {_type(field)} | {_default(field)} |\n")
    title = name or "Above all tables"
    if name:
        yield f"\n{_heading(model)}\n"
    else:
        yield f"\n## {title}\n"
    if rows:
        yield "\n| key | value | default |\n|---|---|---|\n" + "".join(rows)
    for heading, part in inner:
        yield f"\n## `{heading}`\n"
        yield from _tables(part, heading.strip("[]"))


def _heading(model: type[BaseModel]) -> str:
    return inspect.cleandoc(model.__doc__ or "")


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in typing.get_args(annotation):
        if (found := _model_in(part)) is not None:
            return found
    return None


def _type(field: FieldInfo) -> str:
    limits = [str(found) for item in field.metadata if (found := _limit(item))]
    return ", ".join([_type_name(field.annotation), *limits])


def _limit(item: Any) -> str | None:
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "min_length": "length ≥"}
    for name, sign in signs.items():
        if (value := getattr(item, name, None)) is not None:
            return f"{sign} {value}"
    pattern = getattr(item, "pattern", None)
    return f"matches `{pattern}`".replace("|", "\\|") if pattern else None


def _type_name(annotation: Any) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _type_name(arguments[0])
    if origin is typing.Literal:
        return " or ".join(f"`{value!r}`".replace("'", '"') for value in arguments)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_type_name(part) for part in arguments if part is not type(None))
    if origin in (tuple, list):
        parts = [_type_name(part) for part in arguments if part is not ...]
        return "list of " + ", ".join(dict.fromkeys(parts))
    names = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    if annotation in names:
        return names[annotation]
    if annotation is Path:
        return "path"
    if annotation is SecretStr:
        return "text (secret)"
    return getattr(annotation, "__name__", str(annotation))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None or value is PydanticUndefined:
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    return f"`{value}`" if not isinstance(value, tuple) else f"`{list(value)}`"


if __name__ == "__main__":
    print(reference(), end="")
