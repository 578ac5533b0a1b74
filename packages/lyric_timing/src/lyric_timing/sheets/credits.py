"""Lines on a lyric sheet that tell about the song and are not sung: authors, copyright, key, tempo, licence."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ROLE = "(?:words|music|lyrics?|lyricist|text|melody|composer|author|writers?|songwriters?|arrangement|translation)"
_AND_ROLE = rf"(?:\s*(?:and|und|et|y|e|&|/|,|\+)\s*{_ROLE})"
_DONE = "(?:written|composed|arranged|translated|produced|performed)"
_NAMES = r"(?-i:[A-Z]\S*(?:\s+(?:and|de|da|von|van|der|[A-Z&]\S*))+\s*$)"
"""Two words or more, as in names: `Written by the wind` is sung, `Written by Jane Doe` is not."""
_ZH_ROLE = (
    "(?:作?[詞词]|作?曲|[編编]曲|演唱|原唱|主唱|[監监][製制]|[製制]作|出品|翻[譯译]|版[權权]|[專专][輯辑]|混音|[錄录]音|"
    "和[聲声]|吉他|[鋼钢]琴)"
)
_CREDIT = re.compile(
    rf"""\W*(?:
      © | ℗ | \(c\)\s*\d{{4}} | copyright\b | all\ rights\ reserved | ccli\b | for\ use\ solely\ with
    | (?:{_ROLE}{_AND_ROLE}* | {_DONE})\s*(?:[:：] | by:?\s+{_NAMES})
    | {_ROLE}{_AND_ROLE}+\s+by\b
    | (?:key|capo|tempo|time|bpm|tuning)\s*[:：]\s*[\w/\#♭♯.]{{1,8}}(?:\s\w{{1,8}})?\s*$
    | capo\s+\d{{1,2}}\s*$
    | (?:https?://|www\.)\S+\s*$
    | {_ZH_ROLE}(?:{_ZH_ROLE}|[人者師师\s/／&、,()（）A-Za-z]){{0,12}}[:：]
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_META = re.compile(r"(?P<key>title|song|artist|歌名|歌曲|歌手|[標标][題题])\s*[:：]\s*(?P<value>\S.*)", re.IGNORECASE)
_TITLES = {"title", "song", "歌名", "歌曲", "標題", "标题", "標题"}


@dataclass(frozen=True, slots=True)
class Credit:
    """One line about the song, with the title or artist that it names, if any."""

    title: str | None = None
    artist: str | None = None


def read_credit(line: str) -> Credit | None:
    """What the line tells about the song; None when it is an ordinary line."""
    line = line.strip()
    if meta := _META.fullmatch(line):
        value = meta["value"].strip()
        return Credit(title=value) if meta["key"].casefold() in _TITLES else Credit(artist=value)
    return Credit() if _CREDIT.match(line) else None
