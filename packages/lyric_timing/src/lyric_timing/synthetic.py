"""Songs made up from a seed, and what an imperfect ear hears of them: tests and benchmarks need to know the truth."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from lyric_timing.heard import Heard, Token
from lyric_timing.sheet import LyricSheet, Section
from lyric_timing.words import make_line

_ONSETS = (
    "b", "bl", "c", "d", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pr", "r", "s", "sh", "st", "t", "tr",
    "v", "w",
)  # fmt: skip
_NUCLEI = ("a", "e", "i", "o", "u", "ai", "ee", "ea", "oa", "ou")
_CODAS = ("", "", "", "l", "m", "n", "nd", "ng", "r", "rd", "s", "st", "t", "ve")
_COMMON = (
    "the", "a", "and", "i", "you", "my", "me", "to", "of", "in", "is", "it", "we", "all", "your", "on", "so", "for",
    "be", "now",
)  # fmt: skip
_CHARACTERS = (
    "你我他主爱心神的在是有不一来要这和天地生命光风雨海山水星日月歌声手眼前路高深永远恩典平安喜乐荣耀圣灵祷告赞美敬拜"
    "渴慕盼望信实怜悯救赎宝座羔羊十字架复活得胜自由释放医治更新道真理王国度权能火焰降临充满引导带领依靠安息等候"
)


@dataclass(frozen=True, slots=True)
class Sung:
    """One singing of a line of the printed sheet, with the onset of each word and the end of the last, in seconds."""

    line: int
    onsets: tuple[float, ...]
    end: float


@dataclass(frozen=True)
class Song:
    """A sheet as people print it, the same as sung, and the truth about the recording."""

    printed: LyricSheet
    """Each section once, under its heading."""
    plain: LyricSheet
    """The same without headings or blank lines."""
    written_out: LyricSheet
    """Every line as often as it is sung, in that order, without headings."""
    sung: tuple[Sung, ...]
    duration: float


@dataclass(frozen=True, slots=True)
class Ear:
    """How badly a recogniser hears. Shares are of words; they are drawn independently."""

    wrong: float = 0.1
    """Words heard as something else: half of them as something alike."""
    lost: float = 0.1
    added: float = 0.05
    jitter: float = 0.1
    """Standard deviation of onsets in seconds."""
    deaf: int = 0
    """Stretches of 15 to 30 s of which nothing is heard."""
    loops: int = 0
    """Stretches where it says the same word or two for ever, instead of listening."""


def make_song(
    seed: int, *, verses: int = 2, skipped: int = 0, lines: int = 4, language: str = "en", words: int | None = None
) -> Song:
    """A song of so many verses, each with the chorus after it, then a bridge and the chorus twice.

    `skipped` more verses are printed and not sung. Sections have about `lines` lines; `words` fixes how many words a
    line has.
    """
    rng = random.Random(f"song {seed} {language}")
    vocabulary = list(_CHARACTERS) if language == "zh" else [_word(rng) for _ in range(150)]

    def line() -> str:
        if language == "zh":
            return "".join(rng.choice(vocabulary) for _ in range(words or rng.randint(6, 10)))
        chosen = (rng.choice(_COMMON if rng.random() < 0.4 else vocabulary) for _ in range(words or rng.randint(3, 9)))
        return " ".join(chosen).capitalize()

    def section(name: str) -> Section:
        texts = [line() for _ in range(max(1, lines + rng.randint(-1, 1)))]
        if name == "Chorus" and len(texts) > 2:
            texts[-1] = texts[0]
        made = [make_line(text, language) for text in texts]
        return Section(name, tuple(one for one in made if one))

    names = ["Verse 1", "Chorus", *(f"Verse {i}" for i in range(2, verses + skipped + 1)), "Bridge"]
    sections = [section(name) for name in names]
    left_out = set(rng.sample(range(2, verses + skipped + 1), skipped))
    order = ["Verse 1", "Chorus"]
    for i in range(2, verses + skipped + 1):
        order += [] if i in left_out else [f"Verse {i}", "Chorus"]
    order += ["Bridge", "Chorus", "Chorus"]
    printed = LyricSheet(tuple(sections), language=language)
    sung, duration = _sing(order, names, printed, rng)
    return Song(
        printed=printed,
        plain=LyricSheet((Section(None, printed.lines),), language=language),
        written_out=LyricSheet((Section(None, tuple(printed.lines[s.line] for s in sung)),), language=language),
        sung=tuple(sung),
        duration=duration,
    )


def _word(rng: random.Random) -> str:
    parts = (rng.choice(_ONSETS) + rng.choice(_NUCLEI) + rng.choice(_CODAS) for _ in range(rng.choice([1, 1, 2, 2, 3])))
    return "".join(parts)


def _sing(
    order: Sequence[str], names: Sequence[str], sheet: LyricSheet, rng: random.Random
) -> tuple[list[Sung], float]:
    beat = rng.uniform(0.22, 0.5)
    now = rng.uniform(0.5, 20)
    sung: list[Sung] = []
    for name in order:
        first = sum(len(s.lines) for s in sheet.sections[: names.index(name)])
        for i, line in enumerate(sheet.sections[names.index(name)].lines):
            onsets: list[float] = []
            for _ in line.words:
                onsets.append(now)
                now += beat * rng.choice([0.5, 1, 1, 1, 1.5, 2])
            sung.append(Sung(first + i, tuple(onsets), now))
            now += beat * rng.choice([0, 1, 2])
        now += rng.choice([0.5, 1, 2, 4, 12, 20])
    return sung, now


def hear(song: Song, ear: Ear = Ear(), seed: int = 0, source: str = "synthetic") -> Heard:
    """What the ear makes of the song."""
    rng = random.Random(f"ear {seed}")
    vocabulary = sorted({word.normal for _, _, word in song.printed.words()})
    deaf = _stretches(rng, ear.deaf, song.duration)
    loops = _stretches(rng, ear.loops, song.duration)
    tokens: list[Token] = []
    for this in song.sung:
        words = song.printed.lines[this.line].words
        for word, onset, end in zip(words, this.onsets, [*this.onsets[1:], this.end], strict=True):
            if rng.random() < ear.added:
                tokens.append(_token(rng.choice(vocabulary), onset - 0.1, onset, rng, ear))
            if rng.random() < ear.lost or any(a < onset < b for a, b in [*deaf, *loops]):
                continue
            text = word.normal
            if rng.random() < ear.wrong:
                text = _misheard(text, rng) if rng.random() < 0.5 else rng.choice(vocabulary)
            tokens.append(_token(text, onset, end, rng, ear))
    for start, end in loops:
        phrase = rng.choice([["oh"], ["yeah", "oh"], ["thank", "you"], vocabulary[:3]])
        count = int((end - start) / 0.1)
        tokens += [
            Token(phrase[i % len(phrase)], start + 0.1 * i, start + 0.1 * (i + 1), rng.random()) for i in range(count)
        ]
    return Heard(tuple(sorted(tokens, key=lambda t: t.start)), source, song.printed.language)


def _stretches(rng: random.Random, count: int, duration: float) -> list[tuple[float, float]]:
    starts = [rng.uniform(0, max(0.0, duration - 15)) for _ in range(count)]
    return [(start, start + rng.uniform(15, 30)) for start in starts]


def _token(text: str, start: float, end: float, rng: random.Random, ear: Ear) -> Token:
    start = max(0.0, start + rng.gauss(0, ear.jitter))
    return Token(text, start, max(start + 0.02, end + rng.gauss(0, ear.jitter)), rng.uniform(0.3, 1.0))


def _misheard(word: str, rng: random.Random) -> str:
    """One letter of the word changed."""
    if not word.isascii():
        return rng.choice(_CHARACTERS)
    at = rng.randrange(len(word))
    return word[:at] + rng.choice("aeiourstln") + word[at + 1 :]
