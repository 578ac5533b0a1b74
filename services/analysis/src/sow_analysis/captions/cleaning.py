"""Takes out of captions what nobody sings: markup, notes, sounds, speakers, credits, and what rolls over the screen.

Rolling captions repeat, above each new line, the line before. Such a repetition is told from a line that is sung twice
by its form: it stands first in a phrase of several lines, while the phrase that it repeats is only just gone. In a
track with times for its words nothing is ever repeated, so nothing is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from lyric_timing.sheets.credits import read_credit
from sow_analysis.captions.timedtext import Part, Phrase

_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<\d\d:\d\d[^<>]{0,20}>|\{\\[^{}]{0,200}\}|&nbsp;")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NOTES = re.compile("[♩♪♫♬♭♮♯🎵🎶🎼🎤#*_~]+(?=\\s|$)|(?<!\\S)[#*_~]+|[♩-♬🎵🎶🎼🎤]+")
_BRACKETS = re.compile(r"\[[^\[\]]{0,200}\]|【[^【】]{0,200}】|〔[^〔〕]{0,200}〕|［[^［］]{0,200}］")
_SOUND = (
    "music|musique|musik|música|musica|instrumental|interlude|applau\\w*|applaudi\\w*|clapping|cheer\\w*|laugh\\w*|"
    "inaudible|indistinct|unintelligible|humming|vocali[sz]\\w*|speaking|talking|whistling|screaming"
)
_SIGN = (
    "intro|outro|(?:guitar|piano|drum|organ)\\s?(?:solo|break)?|solo|choir|congregation|chorus|verse|bridge|repeat|"
    "foreign|silence|strings|bells?|crowd|x\\s?\\d|\\d\\s?x|男|女|合|眾|众|齊|齐|音[樂乐]|掌[聲声]|鼓掌|歡呼|"
    "欢呼|笑[聲声]|前奏|間奏|间奏|尾奏|副歌|主歌|伴奏|拍手|歓声|음악|박수"
)
_IN_PARENTHESES = re.compile(
    rf"[(（]\s*(?:(?:[\w'-]+\s+){{0,2}}(?:{_SOUND})(?:\s+[\w'-]+){{0,2}}|(?:{_SIGN})\s*\d*)\s*[)）]", re.IGNORECASE
)
"""Second voices stand in parentheses, too: `(let the choir sing)`."""
_TURN = re.compile(r"(?m)^\s*(?:(?:&gt;|>|›|»){1,3}|[-–—]+(?=\s|\w))\s*")
_SPEAKER = re.compile(
    r"(?m)^\s*(?:[A-ZÀ-Þ][A-ZÀ-Þ0-9 .'-]{1,24}[:：](?=\s|$)"
    r"|(?:(?i:male|female|man|woman|men|women|leader|worship leader|all|both|choir|congregation|singer|speaker|pastor|"
    r"narrator|lead|duet|solo)(?:\s*\d{1,2})?)\s*[:：]"
    r"|[(（]?(?:男|女|合|眾|众|齊|齐|領|领|獨|独|男女|合唱|領唱|领唱|獨唱|独唱|會眾|会众)[)）]?\s*[:：])\s*"
)
_FLASH = 0.1
"""Seconds; a phrase that is shown for less only keeps the line before on the screen."""
_JUST_GONE = 0.3


def clean(phrases: Iterable[Phrase]) -> tuple[Phrase, ...]:
    """The phrases with only what is sung in them, none empty, in their order."""
    kept = [cleaned for phrase in phrases if (cleaned := _cleaned(phrase)) is not None]
    return tuple(kept if any(_is_timed(phrase) for phrase in kept) else _unrolled(kept))


def _is_timed(phrase: Phrase) -> bool:
    return any(part.start is not None for part in phrase.parts)


def _cleaned(phrase: Phrase) -> Phrase | None:
    """Marks may reach over several parts, so it is worked out on the whole text which characters stay."""
    text = phrase.text
    stays = bytearray(b"\1") * len(text)
    for pattern in (_INVISIBLE, _MARKUP, _BRACKETS, _IN_PARENTHESES, _NOTES, _TURN, _SPEAKER):
        shown = "".join(char if stay else " " for char, stay in zip(text, stays, strict=True))
        for match in pattern.finditer(shown):
            for at in range(*match.span()):
                stays[at] = text[at] == "\n"
    for match in re.finditer("[^\n]+", text):
        shown = "".join(text[at] for at in range(*match.span()) if stays[at])
        if read_credit(shown) is not None:
            stays[match.start() : match.end()] = bytes(match.end() - match.start())
    parts: list[Part] = []
    at = 0
    for part in phrase.parts:
        shown = "".join(_shown(part.text, i, stays[at + i]) for i in range(len(part.text)))
        at += len(part.text)
        parts.append(replace(part, text=shown))
    return replace(phrase, parts=tuple(parts)) if "".join(p.text for p in parts).strip() else None


def _shown(text: str, at: int, stays: int) -> str:
    if stays:
        return text[at]
    return "" if _INVISIBLE.match(text[at]) else " "


def _unrolled(phrases: Sequence[Phrase]) -> list[Phrase]:
    kept: list[Phrase] = []
    shown: list[str] = []
    until = 0.0
    for phrase in phrases:
        lines = [line for raw in phrase.text.split("\n") if (line := " ".join(raw.split()))]
        fresh = _fresh(lines, shown) if phrase.start < until + _JUST_GONE else lines
        is_flash = phrase.end - phrase.start < _FLASH and lines == shown[-len(lines) :]
        shown, until = lines, max(until, phrase.end)
        if is_flash or not fresh:
            continue
        kept.append(phrase if fresh == lines else replace(phrase, parts=(Part("\n".join(fresh)),)))
    return kept


def _fresh(lines: list[str], shown: list[str]) -> list[str]:
    """Without the first lines, where these are the last ones shown before; some line must be left to be a new one."""
    for count in range(min(len(lines) - 1, len(shown)), 0, -1):
        if lines[:count] == shown[-count:]:
            return lines[count:]
    return lines
