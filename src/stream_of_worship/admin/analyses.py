"""Analyses as the commands read, fetch and write them.

`music_analysis` is imported where it is used: it takes half a second, which no other command should cost.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stream_of_worship.admin.errors import AnalysisUnreadableError, NotOnServiceError

if TYPE_CHECKING:
    from lyric_timing.timed import TimedLyrics
    from music_analysis import MusicAnalysis
    from stream_of_worship.admin.client import AnalysisClient


def read(document: bytes, where: str) -> MusicAnalysis:
    """The analysis in a document that lies at `where`.

    Raises:
        AnalysisUnreadableError: it is none, or a newer program's.
    """
    from music_analysis import DocumentError, MusicAnalysis

    if Path(where).suffix.lower() == ".jams":
        raise AnalysisUnreadableError(f"{where} is a JAMS file, which is for other programs; only JSON is shown again")
    try:
        return MusicAnalysis.from_json(document)
    except DocumentError as error:
        raise AnalysisUnreadableError(f"{where} cannot be read: {error}") from error


def fetched(service: AnalysisClient, content_hash: str) -> MusicAnalysis:
    """The analysis that the service has of a recording.

    Raises:
        NotOnServiceError: it was not analysed.
        ServiceError: the service fails.
    """
    try:
        document = service.analysis(content_hash)
    except NotOnServiceError as error:
        advice = "Analyse it with: sow analyze AUDIO --remote"
        raise NotOnServiceError(f"{error}\n{advice}", error.reason) from error
    return read(document, f"the analysis on {service.server}")


def with_lyrics(analysis: MusicAnalysis, timed: TimedLyrics) -> MusicAnalysis:
    """The analysis with sections that sound and lyrics agree upon."""
    from sow_analysis import sections

    return sections.with_lyrics(analysis, timed)


def write(analysis: MusicAnalysis, form: str, *, title: str) -> str:
    """An analysis as text in the format `json` or `jams`."""
    if form == "jams":
        from music_analysis import jams

        return jams.write(analysis, title=title)
    return analysis.to_json() + "\n"
