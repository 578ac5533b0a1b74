"""How a sung word of any language sounds: the sources, and the order in which they are asked.

Each stretch of one script is read by itself. English words come from the CMU dictionary and the forms of song, then
from espeak-ng, then from letter-to-sound rules; those of other languages from espeak-ng where it is installed, else
from our own tables. Chinese, Korean and kana always come from our own tables. Nothing here fails: the last resort is a
neutral vowel.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from anyascii import anyascii

from sow_analysis.pronounce import (
    cantonese,
    english,
    english_letters,
    french,
    indic,
    japanese,
    korean,
    latin,
    mandarin,
    scripts,
    semitic,
)
from sow_analysis.pronounce.arpabet import told_apart
from sow_analysis.pronounce.english_lexicon import INTERJECTIONS, call
from sow_analysis.pronounce.espeak import Espeak, find_espeak
from sow_analysis.pronounce.sounds import Sounds
from sow_analysis.pronounce.spelling import accented, espeak_sounds, looks_english, table_sounds

MAX_VARIANTS = 3
_LONGEST_RUN = 64
"""Longer runs are read in pieces: no word is as long, but a line of Thai, which has no spaces, can be."""

_LAST_RESORT = Sounds((), ("AH",))
_DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_HELD = re.compile(r"(.)\1{2,}")
_TABLES: Mapping[str, Callable[[str], tuple[str, ...]]] = {
    scripts.HANGUL: korean.ipa,
    scripts.KANA: japanese.ipa,
    "HEBREW": semitic.hebrew_ipa,
    "ARABIC": semitic.arabic_ipa,
    **dict.fromkeys(indic.SCRIPTS, indic.ipa),
}


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """What is known of one word."""

    variants: tuple[Sounds, ...]
    """Best first, at least one, at most MAX_VARIANTS, none without phones."""
    sources: tuple[str, ...]
    """For each run of one script: `dictionary`, `espeak`, `table`, `romanised`, or `none` for the last resort."""


class Pronouncer:
    """Pronounces the words of one song. Safe to share between threads."""

    def __init__(self, language: str | None = None, *, espeak: bool = True) -> None:
        """`language`: ISO 639 code (`de`, `pt-BR`, `yue`), None when unknown. `espeak=False` leaves espeak-ng out."""
        code = re.split(r"[-_]", language.strip().lower(), maxsplit=1)[0] if language else None
        self._language = {"cmn": "zh", "iw": "he", "in": "id", "zho": "zh", "eng": "en"}.get(code or "", code) or None
        self._espeak: Espeak | None = find_espeak() if espeak else None
        self._known: dict[str, Pronunciation] = {}

    def pronounce(self, word: str) -> tuple[tuple[str, ...], ...]:
        """ARPABET pronunciations of any text, best first: one to three, none empty. Never raises."""
        return tuple(dict.fromkeys(sounds.phones for sounds in self.describe(word).variants))

    def pronounce_all(self, words: Iterable[str]) -> list[tuple[tuple[str, ...], ...]]:
        """`pronounce` for each word."""
        return [self.pronounce(word) for word in words]

    def ipa(self, word: str) -> tuple[str, ...] | None:
        """The best pronunciation as IPA segments, None when nothing is known of the word."""
        return self.describe(word).variants[0].ipa or None

    def describe(self, word: str) -> Pronunciation:
        """All variants in both alphabets, and where they come from."""
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = self._describe(word)
        return known

    def _describe(self, word: str) -> Pronunciation:
        parts: list[list[Sounds]] = []
        sources: list[str] = []
        for script, run in scripts.runs(word):
            for start in range(0, len(run), _LONGEST_RUN):
                source, variants = self._run(script, run[start : start + _LONGEST_RUN])
                variants = [sounds for sounds in variants if sounds.phones]
                if variants:
                    parts.append(variants)
                    sources.append(source)
        if not parts:
            return Pronunciation((_LAST_RESORT,), ("none",))
        return Pronunciation(_combined(parts), tuple(sources))

    def _run(self, script: str, run: str) -> tuple[str, list[Sounds]]:
        if script == scripts.LATIN:
            return self._latin(run)
        if script == scripts.DIGIT:
            return "table", [_digits(run)]
        if script == scripts.HAN:
            return "table", self._han(run)
        if script in (scripts.HANGUL, scripts.KANA):
            return "table", [Sounds.from_ipa(_TABLES[script](run))]
        language = scripts.language_for(script, self._language)
        spoken = espeak_sounds(run, language, self._espeak) if language else None
        if spoken is not None:
            return "espeak", [spoken]
        if script in _TABLES:
            return "table", [Sounds.from_ipa(_TABLES[script](run))]
        return "romanised", [Sounds.from_ipa(latin.ipa(anyascii(run).lower()))]

    def _han(self, character: str) -> list[Sounds]:
        if self._language == "yue":
            readings = cantonese.character_sounds(character)
            if readings:
                return list(readings)
        return list(mandarin.character_sounds(character))

    def _latin(self, run: str) -> tuple[str, list[Sounds]]:
        language = self._language
        if language is None or language == "en":
            return self._english(run, sure=language == "en")
        if run in INTERJECTIONS or (_HELD.search(run) and call(run)):
            return "dictionary", [Sounds.from_phones(phones) for phones in call(run)]
        if language in ("zh", "yue"):
            return self._pinyin_or_english(run)
        word = _HELD.sub(r"\1", run)
        listed = [Sounds.from_phones(phones) for phones in english.pronunciations(word)]
        if not scripts.in_latin_letters(language):
            general = [Sounds.from_ipa(latin.ipa(run))]
            return ("dictionary", [*listed[:2], *general]) if listed else ("romanised", general)
        own = table_sounds(word, language)
        spoken = espeak_sounds(word, language, self._espeak)
        variants = [own] if spoken is None else [spoken, own]
        if language == "fr":
            variants = _french(word, variants)
        if listed and looks_english(word, language):
            return "dictionary", _distinct([listed[0], *variants])
        return ("table" if spoken is None else "espeak"), _distinct(variants)

    def _english(self, run: str, *, sure: bool) -> tuple[str, list[Sounds]]:
        listed = english.pronunciations(run)
        if listed:
            return "dictionary", [Sounds.from_phones(phones) for phones in listed]
        ruled = Sounds.from_ipa(english_letters.ipa(run))
        other = [] if sure else [Sounds.from_ipa(latin.ipa(run))]
        spoken = espeak_sounds(run, "en", self._espeak)
        if spoken is None:
            return "table", _distinct([ruled, *other])
        return "espeak", _distinct([spoken, *(other or [ruled])])

    def _pinyin_or_english(self, run: str) -> tuple[str, list[Sounds]]:
        syllables = mandarin.romanised_sounds(run)
        marked = any(not character.isascii() for character in run)
        if syllables is not None and marked:
            return "table", [syllables]
        source, variants = self._english(run, sure=True)
        if syllables is None:
            return source, variants
        return (
            ("dictionary", [variants[0], syllables]) if source == "dictionary" else ("table", [syllables, variants[0]])
        )


def _combined(parts: list[list[Sounds]]) -> tuple[Sounds, ...]:
    """The best of every part, then the same with one part said its second way, and so on."""
    best = Sounds.joined(variants[0] for variants in parts)
    ways = {best.phones: best}
    for rank in range(1, MAX_VARIANTS):
        for position, variants in enumerate(parts):
            if len(ways) == MAX_VARIANTS:
                return tuple(ways.values())
            if rank < len(variants):
                way = Sounds.joined(variants[rank] if i == position else part[0] for i, part in enumerate(parts))
                ways.setdefault(way.phones, way)
    return tuple(ways.values())


def _distinct(variants: list[Sounds]) -> list[Sounds]:
    """Without those that the acoustic model would hardly tell from one before them."""
    kept: list[Sounds] = []
    for sounds in variants:
        if all(told_apart(sounds.phones, other.phones) for other in kept):
            kept.append(sounds)
    return kept


def _french(word: str, variants: list[Sounds]) -> list[Sounds]:
    """Spoken, then with the final mute e, then with every e: singing keeps what speech drops."""
    full = variants[-1]
    spoken = variants[0] if len(variants) > 1 else accented(french.spoken(full.ipa), "fr")
    longer = french.with_sung_e(word, spoken.ipa)
    longest = french.with_sung_e(word, full.ipa)
    return [
        spoken,
        *([] if longer is None else [accented(longer, "fr")]),
        full if longest is None else accented(longest, "fr"),
    ]


def _digits(run: str) -> Sounds:
    """A number that nobody has read out: its digits in English."""
    names = [_DIGITS[int(digit)] for digit in run if digit.isdecimal()]
    return Sounds.joined(Sounds.from_phones(english.known(name)[0]) for name in names)
