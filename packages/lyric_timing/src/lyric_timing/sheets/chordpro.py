"""ChordPro directives, `{title: ...}` and `{start_of_chorus}` (https://www.chordpro.org/chordpro/chordpro-directives/)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lyric_timing.sheets.headings import Heading, read_heading

_DIRECTIVE = re.compile(r"\{\s*([a-z_]+)(?:-\w+)?(?:[:\s]([^{}]*))?\}", re.IGNORECASE)
_TITLES = {"title", "t"}
_ARTISTS = {"artist", "subtitle", "st"}
_COMMENTS = {"comment", "c", "comment_italic", "ci", "comment_box", "cb", "highlight"}
_SECTIONS = {
    "start_of_chorus": "Chorus", "soc": "Chorus", "chorus": "Chorus", "start_of_verse": "Verse", "sov": "Verse",
    "start_of_bridge": "Bridge", "sob": "Bridge",
}  # fmt: skip
_OTHERS = frozenset(
    """end_of_chorus eoc end_of_verse eov end_of_bridge eob start_of_tab sot end_of_tab eot start_of_grid sog
    end_of_grid eog key capo tempo time duration composer lyricist copyright album year arranger sorttitle meta
    define chord transpose new_page np new_physical_page npp column_break cb columns col new_song ns textfont
    textsize chordfont chordsize pagetype grid no_grid g ng image""".split()  # noqa: SIM905  # fifty names read better as text
)


@dataclass(frozen=True, slots=True)
class Directive:
    """What one directive says that matters here; all None for a directive of layout, which only ends a stanza."""

    title: str | None = None
    artist: str | None = None
    item: Heading | None = None


def read_directive(line: str) -> Directive | None:
    """The directive that the whole line is; None for any other line."""
    match = _DIRECTIVE.fullmatch(line.strip())
    if match is None:
        return None
    name, value = match[1].lower(), (match[2] or "").strip(": \t")
    if name in _TITLES and value:
        return Directive(title=value)
    if name in _ARTISTS and value:
        return Directive(artist=value)
    if name in _COMMENTS and value:
        return Directive(item=read_heading(value, loose=True))
    if name in _SECTIONS:
        label = re.sub(r'^label="(.*)"$', r"\1", value)
        heading = read_heading(f"[{label or _SECTIONS[name]}]")
        return Directive(item=heading and replace(heading, again=name == "chorus"))
    return Directive() if name in _OTHERS else None
