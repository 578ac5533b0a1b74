"""English: the CMU dictionary that comes with PocketSphinx, and the ways in which songs spell its words otherwise.

Songs drop the g of `singin'`, write `ev'ry` and `heav'n`, hold vowels (`loooove`), run fillers together (`ohohoh`),
and use old endings (`leadeth`) and compounds that no dictionary lists. Each such form is led back to listed words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from itertools import product
from pathlib import Path

import pocketsphinx

from sow_analysis.pronounce.arpabet import VOWELS, told_apart
from sow_analysis.pronounce.english_lexicon import WORDS, call

Phones = tuple[str, ...]

MAX_VARIANTS = 3
_HISSES = frozenset(["S", "Z", "SH", "ZH", "CH", "JH"])
_VOICELESS = frozenset(["P", "T", "K", "F", "TH"])
_VARIANT_MARK = re.compile(r"\(\d+\)$")


@cache
def _dictionary() -> dict[str, list[str]]:
    """Word to its pronunciations, each a blank-separated string (a tuple for each of 135,000 would cost 40 MB)."""
    path = str(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"))  # pyright: ignore[reportUnknownArgumentType]
    entries: dict[str, list[str]] = {}
    for line in Path(path).read_text("utf-8").splitlines():
        word, _, phones = line.partition(" ")
        if word.endswith(")"):
            word = _VARIANT_MARK.sub("", word)
        entries.setdefault(word, []).append(phones)
    return entries


def known(word: str) -> tuple[Phones, ...]:
    """Pronunciations listed for exactly this word, best first, without near doubles; empty if there are none."""
    own = WORDS.get(word)
    if own is not None:
        return own
    variants: list[Phones] = []
    for listed in _dictionary().get(word, ()):
        phones = tuple(listed.split())
        if not variants or (phones != _spelled_out(word) and all(told_apart(phones, variant) for variant in variants)):
            variants.append(phones)
    return tuple(variants[:MAX_VARIANTS])


def _spelled_out(word: str) -> Phones:
    """The names of the letters, as the dictionary lists for `us` and `am` too."""
    names = (_dictionary().get(letter, [""]) for letter in word) if 1 < len(word) < 5 else ()
    return tuple(phone for name in names for phone in name[-1].split())


@lru_cache(maxsize=16384)
def pronunciations(word: str) -> tuple[Phones, ...]:
    """Pronunciations of a word in lower case, best first; empty if it cannot be made up from listed words."""
    for way in _WAYS:
        found = tuple(dict.fromkeys(way(word)))
        if found:
            return found[:MAX_VARIANTS]
    return ()


def _dropped_g(word: str) -> Iterator[Phones]:
    """singin', singin → singing with N."""
    if not re.search(r"[^aeiou]in'?$|[aeiou]yin'?$", word) or len(word) < 5:
        return
    for phones in known(word.removesuffix("'") + "g"):
        if phones[-1] == "NG":
            yield (*phones[:-1], "N")


def _clitic(word: str) -> Iterator[Phones]:
    """'s, s', 'll, 've, 're, 'd, 'm, n't behind a word."""
    stem, mark, ending = word.rpartition("'")
    if not mark or not stem:
        return
    bases = pronunciations(stem)
    for base in bases:
        if ending == "s":
            yield (*base, *_plural(base))
        elif ending == "" or (ending == "t" and base[-1] == "T"):
            yield base
        elif ending in ("ll", "l"):
            yield (*base, *(("L",) if base[-1] in VOWELS else ("AH", "L")))
        elif ending == "ve":
            yield (*base, *(("V",) if base[-1] in VOWELS else ("AH", "V")))
        elif ending == "re":
            yield (*base, "ER")
        elif ending == "m":
            yield (*base, "M")
        elif ending in ("d", "st"):
            yield (*base, *(_past(base) if ending == "d" else ("S", "T")))


def _elided(word: str) -> Iterator[Phones]:
    """wand'ring, glor'ous, 'neath: the word with its vowel written out, and the same without that vowel."""
    if "'" not in word:
        return
    for filling in ("e", "i", "o", "a", "u", "be", "v", ""):
        for phones in known(word.replace("'", filling)):
            yield from dict.fromkeys((_without_weak_vowel(phones), phones))


def _without_weak_vowel(phones: Phones) -> Phones:
    for position in range(len(phones) - 2, 0, -1):
        if phones[position] == "AH" and phones[position + 1] in ("N", "L", "R"):
            return phones[:position] + phones[position + 1 :]
        if phones[position] == "ER":
            return (*phones[:position], "R", *phones[position + 1 :])
    return phones


def _held(word: str) -> Iterator[Phones]:
    """loooove: letters that are held stand once or twice in the word that is meant."""
    if not re.search(r"(.)\1\1", word):
        return
    runs = [match[0] for match in re.finditer(r"(.)\1*", word)]
    choices = [(run[0] * 2, run[0]) if len(run) > 2 else (run,) for run in runs]
    if len([c for c in choices if len(c) > 1]) > 6:
        return
    for letters in product(*choices):
        yield from known("".join(letters)) or call("".join(letters))


def _repeated(word: str) -> Iterator[Phones]:
    """lalala, ohohoh, heyhey: one filler several times over."""
    match = re.fullmatch(r"(?P<unit>\w{2,5}?)(?P<more>(?P=unit)+)(?P<rest>h*)", word)
    if match:
        times = 1 + len(match["more"]) // len(match["unit"])
        for phones in known(match["unit"]) or call(match["unit"]):
            yield phones * times


_AMERICAN = (
    (r"our", "or"),
    (r"is(e|ed|es|ing|ation)$", r"iz\1"),
    (r"([^aeiou])re$", r"\1er"),
    (r"ll", "l"),
    (r"ae|oe", "e"),
    (r"gue$", "g"),
)


def _respelled(word: str) -> Iterator[Phones]:
    """British spellings and letters with accents: saviour → savior, realise → realize."""
    for pattern, american in _AMERICAN:
        respelled = re.sub(pattern, american, word)
        if respelled != word:
            yield from known(respelled)


_ENDINGS: tuple[tuple[str, Callable[[Phones], Phones]], ...] = (
    ("s", lambda base: _plural(base)),
    ("es", lambda base: _plural(base)),
    ("ed", lambda base: _past(base)),
    ("d", lambda base: _past(base)),
    ("ing", lambda _: ("IH", "NG")),
    ("in", lambda _: ("IH", "N")),
    ("er", lambda _: ("ER",)),
    ("ers", lambda _: ("ER", "Z")),
    ("est", lambda _: ("AH", "S", "T")),
    ("eth", lambda _: ("AH", "TH")),
    ("ly", lambda _: ("L", "IY")),
    ("ness", lambda _: ("N", "AH", "S")),
    ("less", lambda _: ("L", "AH", "S")),
    ("ful", lambda _: ("F", "AH", "L")),
    ("ment", lambda _: ("M", "AH", "N", "T")),
    ("y", lambda _: ("IY",)),
)


def _inflected(word: str) -> Iterator[Phones]:
    """leadeth, redeemer, anointing: a listed stem and an ending."""
    for ending, sounds in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 3:
            continue
        stems = [stem]
        if ending[0] in "aeiouy" or ending == "d":
            stems.append(stem + "e")
            if stem[-1] == stem[-2]:
                stems.append(stem[:-1])
        if stem.endswith("i"):
            stems.append(stem[:-1] + "y")
        for candidate in stems:
            for base in known(candidate):
                yield (*base, *sounds(base))


def _compound(word: str) -> Iterator[Phones]:
    """firelight, neverfailing: two listed words, split where the shorter is longest."""
    cuts = sorted(range(3, len(word) - 2), key=lambda cut: -min(cut, len(word) - cut))
    for cut in cuts:
        if known(word[:cut]) and known(word[cut:]):
            yield from (a + b for a in known(word[:cut])[:1] for b in known(word[cut:])[:2])
            return


_PREFIXES: dict[str, Phones] = {
    "un": ("AH", "N"),
    "re": ("R", "IY"),
    "over": ("OW", "V", "ER"),
    "out": ("AW", "T"),
    "ever": ("EH", "V", "ER"),
}


def _prefixed(word: str) -> Iterator[Phones]:
    """undeserved, overflows: a prefix before a listed or inflected word."""
    for prefix, sounds in _PREFIXES.items():
        stem = word.removeprefix(prefix)
        if stem != word and len(stem) >= 3:
            yield from ((*sounds, *base) for base in known(stem) or tuple(_inflected(stem)))


_WAYS: tuple[Callable[[str], Iterable[Phones]], ...] = (
    known,
    call,
    _dropped_g,
    _elided,
    _clitic,
    _held,
    _repeated,
    _respelled,
    _inflected,
    _prefixed,
    _compound,
)


def _plural(base: Phones) -> Phones:
    if base[-1] in _HISSES:
        return ("IH", "Z")
    return ("S",) if base[-1] in _VOICELESS else ("Z",)


def _past(base: Phones) -> Phones:
    if base[-1] in ("T", "D"):
        return ("IH", "D")
    return ("T",) if base[-1] in _VOICELESS | {"S", "SH", "CH"} else ("D",)
