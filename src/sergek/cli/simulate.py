"""`sergek simulate …`: make worlds with exact truth."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sergek.core.errors import ConfigError

__all__ = ["simulate"]

simulate = typer.Typer(help="Make streets and cities with exact truth.", no_args_is_help=True)


@simulate.command()
def street(
    scene: Annotated[Path, typer.Argument(help="The scene file (TOML), e.g. scenes/section.toml.")],
    out: Annotated[Path, typer.Option(help="The folder that gets the video and its truth.")],
    background: Annotated[
        str, typer.Option(help="`baked` by Blender's Cycles, `drawn` by OpenGL, or `auto`.")
    ] = "auto",
    samples: Annotated[int, typer.Option(help="Samples per pixel of a baked background.")] = 12,
    threads: Annotated[int, typer.Option(help="Threads of a bake.")] = 2,
    truth_only: Annotated[bool, typer.Option(help="Write the truth without a picture.")] = False,
) -> None:
    """Render one street camera: H.264 video and, per picture, the exact truth."""
    from sergek.simulation.street.fleet import build_fleet
    from sergek.simulation.street.load import load_scene

    loaded = load_scene(scene)
    if truth_only:
        from sergek.simulation.street.film import write_scene_truth

        out.mkdir(parents=True, exist_ok=True)
        path = out / f"{loaded.name}.truth.jsonl.gz"
        write_scene_truth(loaded, build_fleet(loaded), "none", path)
        typer.echo(json.dumps({"truth": str(path), "frames": loaded.frames}))
        return
    if background not in ("auto", "baked", "drawn"):
        raise ConfigError("--background is one of auto, baked, drawn.")
    _render(loaded, out, background, samples, threads)


@simulate.command()
def still(
    scene: Annotated[Path, typer.Argument(help="The scene file (TOML), e.g. scenes/section.toml.")],
    out: Annotated[Path, typer.Option(help="The folder that gets the PNG and its truth.")],
    at: Annotated[float, typer.Option(help="Seconds into the scene.", min=0)] = 0.0,
    samples: Annotated[int, typer.Option(help="Samples per pixel.")] = 32,
    threads: Annotated[int, typer.Option(help="Threads.")] = 2,
) -> None:
    """Path-trace one picture, traffic included, by Blender's Cycles: NAME-SECONDS.png."""
    import cv2

    from sergek.simulation.street.fleet import build_fleet
    from sergek.simulation.street.load import load_scene
    from sergek.simulation.street.observe import frame_truth
    from sergek.simulation.street.traced import traced

    loaded = load_scene(scene)
    index = round(at * loaded.video.fps)
    moment = index / loaded.video.fps
    picture = traced(loaded, moment, out / ".backgrounds", samples=samples, threads=threads)
    path = out / f"{loaded.name}-{moment:.2f}.png"
    cv2.imwrite(str(path), picture)
    truth = path.with_suffix(".truth.json")
    frame = frame_truth(loaded, build_fleet(loaded), index)
    truth.write_text(frame.model_dump_json(indent=1), encoding="utf-8")
    typer.echo(json.dumps({"picture": str(path), "truth": str(truth)}))


def _render(loaded: object, out: Path, background: str, samples: int, threads: int) -> None:
    from sergek.simulation.street.film import film
    from sergek.simulation.street.scene import Scene
    from sergek.simulation.street.stage import Stage

    assert isinstance(loaded, Scene)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        task = progress.add_task(f"{loaded.name}: background", total=loaded.frames)
        stage = Stage(
            loaded, out / ".backgrounds", background=background, samples=samples, threads=threads
        )
        progress.update(task, description=loaded.name)
        try:
            made = film(
                loaded, stage.fleet, stage.paint, "moderngl", out,
                lambda done: progress.update(task, completed=done),
            )  # fmt: skip
        finally:
            stage.close()
    typer.echo(
        json.dumps(
            {
                "video": str(made.video),
                "truth": str(made.truth),
                "frames": made.frames,
                "resumed_frames": made.resumed_frames,
                "bytes": made.video.stat().st_size,
            }
        )
    )
