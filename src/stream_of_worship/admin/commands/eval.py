"""`sow eval`: how far predicted times are from true ones."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from lyric_timing.metrics import OnsetMetrics, ScoreReport, Unit, score_folder
from stream_of_worship.admin.shell import Shell
from stream_of_worship.admin.text import count, printable

EXAMPLES = """
[bold]Examples[/]

\b
  sow eval out/ songs/
  sow eval out/ songs/ --language en,fr --per-song
  sow eval out/ songs/ --json > scores.json
"""

UNITS: tuple[Unit, ...] = ("word", "line")


def evaluate(
    context: typer.Context,
    predictions: Annotated[
        Path,
        typer.Argument(
            metavar="PREDICTIONS", help="Folder of timed lyrics: ID.json, ID.elrc or ID.lrc.", show_default=False
        ),
    ],
    songs: Annotated[
        Path,
        typer.Argument(
            metavar="SONGS",
            help="Folder of folders ID/ with the true times: meta.json, words.csv and lines.csv.",
            show_default=False,
        ),
    ],
    language: Annotated[
        str | None,
        typer.Option("--language", "-l", metavar="A,B", help="Only songs in these languages.", show_default=False),
    ] = None,
    ids: Annotated[
        str | None, typer.Option("--ids", metavar="A,B", help="Only these songs.", show_default=False)
    ] = None,
    per_song: Annotated[bool, typer.Option("--per-song", help="Show each song as well.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as one JSON document.")] = False,
) -> None:
    """Scores timed lyrics against true word and line times.

    Shown are the average absolute error (AAE) and the median error of the onsets in seconds, the share of onsets placed
    within 0.3 s (PCO), and the share found at all: for each song, then averaged over songs. A missing onset counts as
    wrong.
    """
    shell = Shell.of(context)
    with shell.reporting():
        scores = score_folder(predictions, songs, split(language), split(ids))
        if as_json:
            typer.echo(json.dumps(document(scores), ensure_ascii=False, indent=2))
            return
        shell.out.print(table(scores, per_song=per_song))
        if scores.missing:
            missing = printable(", ".join(scores.missing))
            shell.tell(f"No prediction for {count(len(scores.missing), 'song')}: {missing}")


def split(listed: str | None) -> list[str] | None:
    """`a, b` as ["a", "b"]."""
    return None if listed is None else [name for part in listed.split(",") if (name := part.strip())]


def table(scores: ScoreReport, *, per_song: bool) -> Table:
    """The averages over all songs and by language, below the songs themselves if wanted."""
    result = Table(box=None, pad_edge=False)
    result.add_column("", overflow="fold")
    for heading in ("unit", "songs", "AAE s", "median s", "PCO %", "found %"):
        result.add_column(heading, justify="left" if heading == "unit" else "right", no_wrap=True)

    def add(name: str, unit: Unit, songs: int, metrics: OnsetMetrics) -> None:
        result.add_row(
            printable(name),
            unit,
            str(songs),
            f"{metrics.aae:.3f}",
            f"{metrics.median:.3f}",
            f"{100 * metrics.pco:.1f}",
            f"{100 * metrics.found:.1f}",
        )

    if per_song:
        for song in scores.songs:
            for unit in UNITS:
                metrics = song.word if unit == "word" else song.line
                if metrics is not None:
                    add(song.id, unit, 1, metrics)
        result.add_section()
    for row in scores.rows():
        add(row.language or "all", row.unit, row.songs, row.metrics)
    return result


def document(scores: ScoreReport) -> dict[str, object]:
    """The same as JSON: `summary` by language and unit, `songs`, and `missing` ids."""
    return {
        "summary": {
            f"{row.language or 'all'}/{row.unit}": {"songs": row.songs, **asdict(row.metrics)} for row in scores.rows()
        },
        "songs": [asdict(song) for song in scores.songs],
        "missing": list(scores.missing),
    }
