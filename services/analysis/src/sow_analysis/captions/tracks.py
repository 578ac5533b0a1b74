"""Which of a video's caption tracks to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lyric_timing.language import language_code
from sow_analysis.captions.errors import Lack, NoCaptionsError

_CANTONESE = "yue"


@dataclass(frozen=True, slots=True)
class Track:
    """One track of a video, as it was made. Translations that YouTube offers are no tracks."""

    language: str
    """The tag that YouTube gives: `en`, `en-GB`, `zh-Hant`."""
    automatic: bool
    """Whether speech recognition made it."""


def choose(tracks: Sequence[Track], language: str | None) -> Track:
    """The track in the song's language: one made by people before an automatic one.

    Any variant of the language will do (`zh-Hans`, `zh-Hant`, `zh-TW`, `yue` for `zh`; `en-GB` for `en`), the very tag
    asked for first, then the plain code. Where the song's language is not known, the automatic track tells it, since
    that is always in the language that YouTube heard; a single track by people is taken, too.

    Raises:
        NoCaptionsError: there is no track in that language, or it cannot be told which one is.
    """
    if not tracks:
        raise NoCaptionsError(Lack.DISABLED, "The video has no captions.")
    code = language_code(language)
    if code is None:
        spoken = {track.language for track in tracks if track.automatic} or {track.language for track in tracks}
        if len({language_code(each) for each in spoken}) > 1:
            raise NoCaptionsError(
                Lack.LANGUAGE,
                f"The video has captions in several languages ({_listed(tracks)}). Say in which one the song is.",
            )
        language = min(spoken, key=len)
        code = language_code(language)
    usable = [track for track in tracks if language_code(track.language) == code]
    if not usable:
        raise NoCaptionsError(Lack.LANGUAGE, f"The video has no captions in {code!r}, only in {_listed(tracks)}.")
    return min(usable, key=lambda track: (track.automatic, _distance(track.language, language or "", code or "")))


def _distance(tag: str, wanted: str, code: str) -> int:
    tag, wanted = tag.casefold().replace("_", "-"), wanted.casefold().replace("_", "-")
    if tag == wanted:
        return 0
    if tag == code:
        return 1
    return 3 if tag.startswith(_CANTONESE) else 2


def _listed(tracks: Sequence[Track]) -> str:
    tags = sorted({track.language for track in tracks})
    return ", ".join(tags[:8]) + (", …" if len(tags) > 8 else "")
