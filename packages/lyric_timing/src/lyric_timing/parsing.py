"""Lyrics as people have them, as text, into a `LyricSheet`.

What is understood: headings (`[Chorus]`, `Verse 1:`, `副歌`; see `headings`), stanzas between empty lines, repeat marks
(`(x2)`, `[Chorus]` with nothing under it; see `sections`), chords above and inside lines, ChordPro directives, numbered
hymn stanzas, copyright and author lines, and LRC or another format of timed lyrics in place of plain text.

Lines keep the user's own characters. Only what is not sung goes: bracketed chords, repeat marks, stanza numbers,
control characters, and white space at both ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from lyric_timing.errors import LyricsError
from lyric_timing.language import guess_language, language_code
from lyric_timing.normal import normalize
from lyric_timing.sheet import Line, LyricSheet, Section
from lyric_timing.sheets.chordpro import read_directive
from lyric_timing.sheets.chords import is_certain_chord_line, is_possible_chord_line, strip_inline_chords
from lyric_timing.sheets.credits import read_credit
from lyric_timing.sheets.decoding import BYTE_LIMIT, TOO_LONG, decode_lyrics
from lyric_timing.sheets.headings import Heading, read_heading, split_times
from lyric_timing.sheets.importing import untimed
from lyric_timing.sheets.sections import LINE_LIMIT, Break, Item, Verse, build_sections
from lyric_timing.words import make_line

__all__ = ["decode_lyrics", "guess_language", "parse_sheet", "read_sheet"]

_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f\x80-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ENCLOSED = re.compile(r"\s*[\[(（【［〔]")
_SURELY_SUNG = re.compile("[A-Za-z0-9\u4e00-\u9fff]")
_STANZA_NUMBER = re.compile(r"(\d{1,2})(?:[.)、．:：]\s*|\s*$)(.*)", re.DOTALL)


@dataclass(slots=True)
class _About:
    """What the sheet says about its song; the first to say something is believed."""

    title: str | None
    artist: str | None

    def learn(self, title: str | None, artist: str | None) -> None:
        self.title = self.title or title
        self.artist = self.artist or artist


def parse_sheet(
    text: str, *, language: str | None = None, title: str | None = None, artist: str | None = None
) -> LyricSheet:
    """The sheet that `text` holds.

    `language` is an ISO 639-1 code, a tag such as `zh-TW` or an English name; without it, it is guessed from the words.
    `title` and `artist` go before what the text says (LRC and ChordPro tags, `Title: ...`). On a sheet that names its
    verses, a lone line before the first heading is its title.

    Raises LyricsError when there is no word to sing, and for more than `LINE_LIMIT` lines or `BYTE_LIMIT` bytes.
    """
    if len(text.encode("utf-8", "surrogatepass")) > BYTE_LIMIT:
        raise LyricsError(TOO_LONG.format(f"{BYTE_LIMIT / 1e6:g} MB"))
    if max(text.count("\n"), text.count("\r")) > LINE_LIMIT:
        raise LyricsError(TOO_LONG.format(f"{LINE_LIMIT} lines"))
    plain = untimed(_CONTROL.sub("", _SURROGATE.sub("\ufffd", text)))
    about = _About(title or plain.title, artist or plain.artist)
    items = _numbered(list(_items(plain.text.splitlines(), about)))
    items = items if plain.timed else _without_title(items, about)
    stanzas = build_sections(items)
    if not stanzas:
        raise LyricsError(_nothing(plain.text))
    code = language_code(language) or language_code(plain.language)
    code = code or guess_language("\n".join(line for stanza in stanzas for line in stanza.lines))
    made: dict[str, Line | None] = {}
    sections: list[Section] = []
    for stanza in stanzas:
        for line in stanza.lines:
            if line not in made:
                made[line] = make_line(line, code)
        sung = tuple(line for line in map(made.get, stanza.lines) if line is not None)
        sections += [Section(stanza.name, sung)] if sung else []
    if not sections:
        raise LyricsError(_nothing(plain.text))
    return LyricSheet(tuple(sections), about.title, about.artist, code)


def read_sheet(
    path: str | Path, *, language: str | None = None, title: str | None = None, artist: str | None = None
) -> LyricSheet:
    """`parse_sheet` of a file. Raises LyricsError also when it cannot be read or is not text; the message names it."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = file.read(BYTE_LIMIT + 1)
    except OSError as error:
        reason = "it is a folder" if path.is_dir() else error.strerror or str(error)
        raise LyricsError(f"The lyrics file {path} cannot be read: {reason}.") from error
    try:
        return parse_sheet(decode_lyrics(data), language=language, title=title, artist=artist)
    except LyricsError as error:
        raise LyricsError(f"{path}: {error}") from error


def _items(lines: Sequence[str], about: _About) -> Iterator[Item]:
    """Each line as what it is; chord lines leave nothing, credits and lines of mere marks leave a break."""
    chord_sheet = any(map(is_certain_chord_line, lines))
    chordpro = any(read_directive(line) for line in lines)
    named = [heading for line in lines if not _ENCLOSED.match(line) and (heading := read_heading(line))]
    loose = any(heading.kind != "repeat" for heading in named)
    for before, line in pairwise(["", *map(str.strip, lines)]):
        if (directive := read_directive(line)) is not None:
            about.learn(directive.title, directive.artist)
            yield directive.item or Break()
            continue
        if is_certain_chord_line(line) or (chord_sheet and is_possible_chord_line(line)):
            continue
        if chordpro and line.startswith("#"):
            continue
        sung = strip_inline_chords(line).strip()
        if line and not sung:
            continue
        if credit := read_credit(sung):
            about.learn(credit.title, credit.artist)
            yield Break()
        elif heading := read_heading(sung, loose and not before):
            yield replace(heading, rest="")
            if heading.rest and not is_possible_chord_line(heading.rest):
                yield _verse(heading.rest)
        else:
            yield _verse(sung)


def _verse(line: str) -> Verse | Break:
    text, times = split_times(line)
    return Verse(text, times) if _is_sung(text) else Break()


def _is_sung(text: str) -> bool:
    return _SURELY_SUNG.search(text) is not None or bool(normalize(text))


def _numbered(items: list[Item]) -> list[Item]:
    """`1. Amazing grace` at the head of a stanza as a heading and a line, if the stanzas are numbered from 1 up."""
    found: dict[int, re.Match[str]] = {}
    for at, item in enumerate(items):
        if isinstance(item, Verse) and (at == 0 or isinstance(items[at - 1], Break)):
            match = _STANZA_NUMBER.fullmatch(item.text)
            found |= {at: match} if match else {}
    numbers = [int(match[1]) for match in found.values()]
    if len(numbers) < 2 or numbers[0] != 1 or any(b <= a for a, b in pairwise(numbers)):
        return items
    out: list[Item] = []
    for at, item in enumerate(items):
        if isinstance(item, Verse) and at in found:
            out += [Heading(found[at][1], "stanza", found[at][1])]
            out += [replace(item, text=found[at][2])] if _is_sung(found[at][2]) else []
        else:
            out.append(item)
    return out


def _without_title(items: list[Item], about: _About) -> list[Item]:
    """Drops the title where it stands as a line of its own: known as the title, or alone before named verses."""
    at = next((at for at, item in enumerate(items) if not isinstance(item, Break)), len(items))
    first, following = (*items[at : at + 2], None, None)[:2]
    if not isinstance(first, Verse) or not isinstance(following, Break | Heading):
        return items
    rest = items[at + 1 :]
    after = next(item for item in (*rest, None) if not isinstance(item, Break))
    verses_named = any(isinstance(item, Heading) and item.kind == "verse" for item in rest)
    is_title = about.title is not None and normalize(first.text) == normalize(about.title)
    if (is_title or (verses_named and isinstance(after, Heading))) and any(isinstance(item, Verse) for item in rest):
        about.learn(first.text, None)
        return rest
    return items


def _nothing(text: str) -> str:
    if not text.strip():
        return "The lyrics are empty. Give the words that are sung, one line each."
    return "The lyrics hold no word that can be sung, only headings, chords or marks. Give the words, one line each."
