"""What an engine process can be asked to do. Arguments and results are JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from pydantic import TypeAdapter

from song_audio.errors import AudioTooLongError

Tell = Callable[[str, float], None]


def time_lyrics(
    *,
    progress: Tell,
    pipeline: str,
    audio: str,
    lyrics_text: str,
    title: str | None,
    options: Mapping[str, Any],
    max_seconds: float,
    cache_dir: str | None = None,
    cache_max_bytes: int = 0,
    reach: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Time the lyrics of one recording by the function named `pipeline`; with a cache, it need not listen twice.

    `reach` is what `Reach.plain` gave. It comes over the socket and stays in this process.

    The result has the fields of `LrcResult`, and `recalled`: whether what is heard was in the cache, None if it was not
    looked for.
    """
    from lyric_timing import parse_sheet
    from sow_analysis.caches import DiskCache, SongMemory
    from sow_analysis.lrc import LrcOptions, LrcResult, Stage
    from sow_analysis.reach import Reach

    generate: Callable[..., LrcResult] = resolve_name(pipeline)
    known = {field.name for field in fields(LrcOptions)}
    chosen = {name: value for name, value in options.items() if name in known and value is not None}
    sheet = parse_sheet(lyrics_text, language=options.get("language"), title=title)

    def tell(stage: Stage, share: float) -> None:
        progress(stage.value, share)

    memory = SongMemory(DiskCache(Path(cache_dir), cache_max_bytes)) if cache_dir is not None else None
    lrc_options = TypeAdapter(LrcOptions).validate_python(chosen)
    result = generate(Path(audio), sheet, lrc_options, tell, memory=memory, reach=Reach.of(reach or {}))
    if (result.lyrics.duration or 0.0) > max_seconds:
        raise AudioTooLongError(_too_long(max_seconds))
    return {**asdict(result), "recalled": memory.recalled if memory is not None else None}


def analyse(*, progress: Tell, audio: str, max_seconds: float, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Find out what one recording is like as music. `wanted` has the fields of `music.Wanted`.

    The result holds `document`, the analysis as its JSON text, `warnings` about the file, and `stems`, the paths of
    those that were wanted.
    """
    from sow_analysis.music import Wanted, analyse_recording

    try:
        listened = analyse_recording(
            Path(audio), progress, max_seconds=max_seconds, wanted=TypeAdapter(Wanted).validate_python(wanted)
        )
    except AudioTooLongError as error:
        raise AudioTooLongError(_too_long(max_seconds)) from error
    return {
        "document": listened.analysis.to_json(),
        "warnings": list(listened.warnings),
        "stems": [str(stem) for stem in listened.stems],
    }


def probe(*, progress: Tell, audio: str, max_seconds: float) -> dict[str, Any]:
    """Look into a file: whether it is a recording, of which kind, and how long. Nothing is decoded.

    The result holds `duration` in seconds, or None where only decoding could tell.
    """
    from song_audio.errors import AudioUnreadableError
    from song_audio.media import ADVICE, opened

    progress("probe", 0.0)
    with opened(Path(audio)) as media:
        if not media.container.streams.audio:
            raise AudioUnreadableError(f"There is no sound in this file. {ADVICE}")
        duration = media.announced_seconds
        if duration is None and media.container.duration is not None:
            duration = media.container.duration / 1_000_000
    if duration is not None and duration > max_seconds:
        raise AudioTooLongError(_too_long(max_seconds))
    return {"duration": duration}


def _too_long(max_seconds: float) -> str:
    return f"The recording is longer than {max_seconds / 60:g} minutes, the limit of this service."
