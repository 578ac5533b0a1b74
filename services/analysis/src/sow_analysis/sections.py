"""What a song's timed lyrics tell its analysis: which stretch is which verse, and where the chorus comes back."""

from __future__ import annotations

import music_analysis
from lyric_timing.endings import with_ends
from lyric_timing.structure import parts_of
from lyric_timing.timed import TimedLyrics
from music_analysis import MusicAnalysis, SungSection


def with_lyrics(analysis: MusicAnalysis, lyrics: TimedLyrics) -> MusicAnalysis:
    """The analysis with the sections that sound and lyrics agree upon. `analysis` is as the sound alone gave it.

    Lyrics without ends of lines, such as a plain LRC, get likely ones: by the voice if one was heard.
    """
    voice = analysis.vocal_activity.spans if analysis.vocal_activity else ()
    ended = with_ends(lyrics, [(span.start_seconds, span.end_seconds) for span in voice])
    sung = [SungSection(part.start, part.end, part.function, part.name, part.confidence) for part in parts_of(ended)]
    return music_analysis.with_lyrics(analysis, sung)
