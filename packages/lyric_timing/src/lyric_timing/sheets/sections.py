"""Groups the lines of a sheet into sections, and writes out what the sheet only refers to.

A heading with no lines under it (`[Chorus]` alone) means "sing that again": it becomes a section of its own, under
the heading as printed, with the lines of the latest section of that name (or, if only later ones exist, the first of
them). `Chorus x2` and a lone `(x2)` likewise become as many sections. A heading that refers to nothing, such as
`[Guitar Solo]`, leaves no section.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lyric_timing.errors import LyricsError
from lyric_timing.sheets.headings import Heading

LINE_LIMIT = 20_000
"""Lines that a sheet may have, repeats written out."""


@dataclass(frozen=True, slots=True)
class Verse:
    """A line that is sung, as printed, and how often in a row."""

    text: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Break:
    """An empty line, or a line that holds nothing to sing."""


Item = Verse | Break | Heading


@dataclass(frozen=True, slots=True)
class Stanza:
    """The lines of one section, as text."""

    name: str | None
    lines: tuple[str, ...]


@dataclass(slots=True)
class _Block:
    """What stands under one heading, or one stanza without a heading."""

    heading: Heading | None = None
    lines: list[str] = field(default_factory=list[str])

    def key(self) -> tuple[str, str] | None:
        if self.heading is None:
            return None
        return self.heading.kind or self.heading.name.casefold(), self.heading.number


def build_sections(items: Sequence[Item]) -> list[Stanza]:
    """The sections in the order in which the sheet has them sung, none of them empty.

    Raises LyricsError when repeats make more than `LINE_LIMIT` lines.
    """
    blocks = list(_blocks(items))
    out: list[Stanza] = []
    count = 0
    for at, block in enumerate(blocks):
        heading = block.heading
        if block.lines and heading is None:
            copies = [Stanza(None, tuple(block.lines))]
        elif block.lines and heading:
            copies = [Stanza(heading.name, tuple(block.lines))] * heading.times
        elif heading and heading.kind == "repeat":
            copies = out[-1:] * max(1, heading.times - 1)
        elif heading and (source := _meant(blocks, at)):
            copies = [Stanza(heading.name, tuple(source.lines))] * heading.times
        else:
            continue
        count += sum(len(copy.lines) for copy in copies)
        if count > LINE_LIMIT:
            raise LyricsError(f"The lyrics come to more than {LINE_LIMIT} lines, repeats such as (x2) counted.")
        out += copies
    return out


def _blocks(items: Sequence[Item]) -> Iterator[_Block]:
    """Cuts at headings and, where verses have no headings, at empty lines.

    On a sheet that names its verses, everything up to the next heading belongs to a heading. On a sheet that names only
    the chorus, a stanza after an empty line is a verse; so there `Chorus`, an empty line and new words mean the chorus
    once more, and then a verse.
    """
    verses_named = any(isinstance(item, Heading) and item.kind == "verse" for item in items)
    first_lines: dict[tuple[str, str] | None, str] = {}
    block = _Block()
    after_break = False
    for item in items:
        if isinstance(item, Heading):
            if block.heading and not block.lines and not after_break and _adds_to(item, block.heading):
                block.heading = _with_times(block.heading, item.times)
                continue
            yield block
            block = _Block(item)
        elif isinstance(item, Verse):
            if block.heading and not block.lines and (block.heading.again or (after_break and not verses_named)):
                spelled_out = first_lines.get(block.key(), item.text) == item.text
                if block.heading.again or not spelled_out:
                    yield block
                    block = _Block()
            elif after_break and block.lines and not (block.heading and verses_named):
                yield block
                block = _Block()
            if not block.lines:
                first_lines.setdefault(block.key(), item.text)
            block.lines += [item.text] * item.times
        after_break = isinstance(item, Break)
    yield block


def _adds_to(heading: Heading, before: Heading) -> bool:
    """Whether a heading right under another says more about it: singers, `(x2)`."""
    return before.kind is not None and (heading.kind is None or heading.kind == "repeat")


def _with_times(heading: Heading, times: int) -> Heading:
    return Heading(heading.name, heading.kind, heading.number, max(times, heading.times), heading.again)


def _meant(blocks: Sequence[_Block], at: int) -> _Block | None:
    """The block whose lines an empty heading stands for.

    The same name and number before all; then, but for verses, the same name with another number.
    """
    key = blocks[at].key()
    full = [block for block in (*reversed(blocks[:at]), *blocks[at + 1 :]) if block.lines and block.heading]
    exact = (block for block in full if block.key() == key)
    similar = (block for block in full if key and key[0] != "verse" and (other := block.key()) and other[0] == key[0])
    return next(exact, None) or next(similar, None)
