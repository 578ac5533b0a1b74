"""How the commands show an analysis to people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.markup import escape

from stream_of_worship.admin.report import percent
from stream_of_worship.admin.text import clock, printable

if TYPE_CHECKING:
    from music_analysis import Key, Loudness, MusicAnalysis, Section, Tempo

GUESS = 0.2
"""Whatever has less confidence than this is called a guess, and left out where there is no room to say so."""
_MOST_OTHERS = 2
"""Other tempi and keys that are listed."""
_STEADY = 0.9
"""A song that keeps its tempo for less than this share of its beats is said to change it."""


def summary(analysis: MusicAnalysis) -> Iterator[str]:
    """The table, as lines of rich markup."""
    yield _row("duration", clock(analysis.duration_seconds))
    yield from _tempo(analysis.tempo)
    bars = analysis.time_signature
    if bars is not None:
        yield _row("time signature", f"{bars.numerator}/{bars.denominator}{_sure(bars.confidence)}")
    else:
        yield _row("time signature", "none found")
    yield from _key(analysis.key)
    yield _row("loudness", _loudness(analysis.loudness))
    yield _row("voice", _voice(analysis))
    yield from _sections(analysis)


def _row(name: str, value: str) -> str:
    return f"  {name:<16}{value}"


def _sure(confidence: float) -> str:
    if confidence < GUESS:
        return f" [yellow](a guess: {percent(confidence)} sure)[/]"
    return f" [dim]({percent(confidence)} sure)[/]"


def _tempo(tempo: Tempo | None) -> Iterator[str]:
    if tempo is None:
        yield _row("tempo", "none found: there is no steady pulse")
        return
    others = [f"{other.bpm:.1f}" for other in tempo.alternatives[:_MOST_OTHERS]]
    also = f", or {' or '.join(others)}" if others else ""
    yield _row("tempo", f"{tempo.bpm:.1f} beats a minute{_sure(tempo.confidence)}{also}")
    if tempo.steadiness < _STEADY:
        yield _row("", f"it changes: {percent(tempo.steadiness)} of the beats keep to that")


def _key(key: Key | None) -> Iterator[str]:
    if key is None:
        yield _row("key", "none found: too little is tonal")
        return
    others = [f"{other.tonic} {other.mode}" for other in key.alternatives[:_MOST_OTHERS]]
    also = f", or {' or '.join(others)}" if others else ""
    yield _row("key", f"{key.tonic} {key.mode}{_sure(key.confidence)}{also}")
    if len(key.segments) > 1:
        parts = [f"{part.tonic} {part.mode} from {clock(part.start_seconds)}" for part in key.segments]
        yield _row("", f"it modulates: {', '.join(parts)}")


def _loudness(loudness: Loudness) -> str:
    if loudness.integrated_lufs is None:
        return "none: it is silent, or shorter than 0.4 s"
    parts = [f"{loudness.integrated_lufs:.1f} LUFS"]
    if loudness.range_lu is not None:
        parts.append(f"range {loudness.range_lu:.1f} LU")
    if loudness.true_peak_dbtp is not None:
        parts.append(f"true peak {loudness.true_peak_dbtp:.1f} dBTP")
    return ", ".join(parts)


def _voice(analysis: MusicAnalysis) -> str:
    activity = analysis.vocal_activity
    if activity is None:
        return "not looked for: no detector is installed"
    sung = sum(span.end_seconds - span.start_seconds for span in activity.spans)
    share = sung / analysis.duration_seconds if analysis.duration_seconds else 0.0
    return f"{clock(sung)}, {percent(share)} of the song" if activity.spans else "none"


def _sections(analysis: MusicAnalysis) -> Iterator[str]:
    for i, section in enumerate(analysis.sections):
        sure = _sure(section.confidence) if section.function else ""
        span = f"{clock(section.start_seconds):>5} – {clock(section.end_seconds):<5}"
        yield _row("" if i else "sections", f"{span}  {escape(printable(section_name(section)))}{sure}")


def section_name(section: Section) -> str:
    """What a section is called: as printed above its words, else by its function, else by the letter of its group."""
    return section.name or (section.function or section.group).capitalize()
