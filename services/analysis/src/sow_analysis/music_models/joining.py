"""What the music models found, put into an analysis."""

from __future__ import annotations

from dataclasses import replace

from music_analysis import MusicAnalysis, Section, Tempo, TempoAlternative
from music_analysis.grid import letter_of
from music_analysis.rhythm import rhythm_of
from sow_analysis.music_models.answer import Structure, named_sections

_CONFIDENCE = 0.6  # of every section: the engine gives none
_SAME_TEMPO = 0.04


def with_structure(analysis: MusicAnalysis, structure: Structure) -> MusicAnalysis:
    """The same analysis, with the beats, bars and sections of `structure` in place of its own.

    The networks name beats and sections in whatever they hear. So where the sound itself has none, as noise and speech,
    nothing is taken from them.
    """
    sections = _sections(structure, analysis.duration_seconds)
    if not analysis.sections or not sections:
        return analysis
    analysis = replace(analysis, sections=sections, section_engine=structure.engine)
    rhythm = rhythm_of(list(zip(structure.beats, structure.beat_positions, strict=True)))
    if rhythm.tempo is None:
        return analysis
    return replace(
        analysis,
        tempo=replace(rhythm.tempo, alternatives=_others(rhythm.tempo.bpm, analysis.tempo)),
        beats=rhythm.beats,
        time_signature=rhythm.time_signature,
        beat_engine=structure.engine,
    )


def _others(bpm: float, heard: Tempo | None) -> tuple[TempoAlternative, ...]:
    """The tempi that the sound itself suggests and that are not `bpm`."""
    if heard is None:
        return ()
    tempi = (TempoAlternative(heard.bpm, heard.confidence), *heard.alternatives)
    return tuple(other for other in tempi if abs(other.bpm / bpm - 1) > _SAME_TEMPO)


def _sections(structure: Structure, duration: float) -> tuple[Section, ...]:
    """From 0 to the end of the song; those of one function share a letter."""
    named = named_sections(structure)
    edges = [0.0, *(round(section.start, 3) for section in named[1:]), duration]
    functions = list(dict.fromkeys(section.function for section in named))
    return tuple(
        Section(start, end, letter_of(functions.index(section.function)), section.function, None, _CONFIDENCE)
        for section, start, end in zip(named, edges, edges[1:], strict=False)
    )
