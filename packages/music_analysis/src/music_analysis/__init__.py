"""What a song is like as music, in seconds and without a model: tempo, beats, bars, key, sections, loudness, waveform,
voice.

`analyse` takes samples, `analyse_blocks` a song that is decoded on the way; both give a `MusicAnalysis`, which reads
and writes itself as JSON. `with_lyrics` adds what the lyrics say of its sections; `jams.write` exports it for other
programs.
"""

from __future__ import annotations

from music_analysis.analysis import analyse, analyse_blocks
from music_analysis.document import (
    SCHEMA_VERSION,
    Beat,
    Key,
    KeyAlternative,
    KeySegment,
    Loudness,
    MusicAnalysis,
    Section,
    SectionFunction,
    Tempo,
    TempoAlternative,
    TempoPoint,
    TimeSignature,
    VocalActivity,
    VocalSpan,
    Waveform,
)
from music_analysis.errors import DocumentError, EngineError, MusicAnalysisError, SoundError
from music_analysis.lyrics import SungSection, with_lyrics
from music_analysis.rhythm import BeatEngine
from music_analysis.voice import VoiceDetector

__all__ = [
    "SCHEMA_VERSION",
    "Beat",
    "BeatEngine",
    "DocumentError",
    "EngineError",
    "Key",
    "KeyAlternative",
    "KeySegment",
    "Loudness",
    "MusicAnalysis",
    "MusicAnalysisError",
    "Section",
    "SectionFunction",
    "SoundError",
    "SungSection",
    "Tempo",
    "TempoAlternative",
    "TempoPoint",
    "TimeSignature",
    "VocalActivity",
    "VocalSpan",
    "VoiceDetector",
    "Waveform",
    "analyse",
    "analyse_blocks",
    "with_lyrics",
]
