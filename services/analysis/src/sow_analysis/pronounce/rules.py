"""Letter-to-sound rules: a small language for tables that read like the pronunciation chapter of a grammar.

A table is text, one rule a line:

    left<graphs>right   sounds      # comment

`graphs` is what the rule reads (alternatives separated by `|`); `left` and `right` are regular expressions for what
must stand beside it; `sounds` are IPA segments separated by blanks, or `-` for silence. `_` is the edge of the word,
and a capital letter is a class of letters that the table declares (`V = aeiou`). At each position the rules are tried
from top to bottom, so exceptions stand before the rule. The idea is that of the NRL text-to-phoneme rules
(Elovitz et al. 1976, NRL Report 7948); the tables are our own.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

EDGE = "_"
SILENT = "-"

_CLASS = re.compile(r"(?P<name>[A-Z]) = (?P<letters>\S+)")
_RULE = re.compile(r"(?P<left>[^<\s]*)<(?P<graphs>[^>\s]+)>(?P<right>\S*)\s+(?P<sounds>\S.*)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a table. `left` and `right` are None where nothing is asked of the neighbours."""

    graph: str
    left: re.Pattern[str] | None
    right: re.Pattern[str] | None
    sounds: tuple[str, ...]

    def fits(self, framed: str, position: int) -> bool:
        end = position + len(self.graph)
        return (
            framed.startswith(self.graph, position)
            and (self.right is None or self.right.match(framed, end) is not None)
            and (self.left is None or self.left.search(framed, 0, position) is not None)
        )


class RuleTable:
    """The rules of one language."""

    def __init__(self, *texts: str) -> None:
        """Read one or more tables, of which the earlier have precedence. ValueError names a line that is no rule."""
        classes: dict[str, str] = {}
        lines = [line.split("#", 1)[0].strip() for text in texts for line in text.splitlines()]
        for line in lines:
            if declared := _CLASS.fullmatch(line):
                classes[declared["name"]] = f"[{declared['letters']}]"
        self._rules: dict[str, list[Rule]] = {}
        self._letters: set[str] = set()
        for line in lines:
            if line and not _CLASS.fullmatch(line):
                for rule in _read_rule(line, classes):
                    self._rules.setdefault(rule.graph[0], []).append(rule)
                    self._letters.update(rule.graph)

    def ipa(self, word: str) -> tuple[str, ...]:
        """The sounds of a lower-case word. A letter that no rule reads is tried without its diacritic, or dropped."""
        framed = f"{EDGE}{self._readable(word)}{EDGE}"
        sounds: list[str] = []
        position = 1
        while position < len(framed) - 1:
            for rule in self._rules.get(framed[position], ()):
                if rule.fits(framed, position):
                    sounds += rule.sounds
                    position += len(rule.graph)
                    break
            else:
                position += 1
        return tuple(sounds)

    def _readable(self, word: str) -> str:
        """The word in letters that rules read: the others lose diacritics until they are, or are dropped."""
        letters: list[str] = []
        for letter in unicodedata.normalize("NFC", word):
            base, *marks = unicodedata.normalize("NFKD", letter)
            forms = [letter, *(unicodedata.normalize("NFC", base + mark) for mark in marks)]
            known = next((form for form in forms if form in self._letters), None)
            letters += known or (part for part in (base, *marks) if part in self._letters)
        return "".join(letters)


def _read_rule(line: str, classes: dict[str, str]) -> list[Rule]:
    match = _RULE.fullmatch(line)
    if match is None:
        raise ValueError(f"not a rule: {line!r}")
    left, right = (re.sub("[A-Z]", lambda m: classes[m[0]], match[side]) for side in ("left", "right"))
    sounds = tuple(sound for sound in match["sounds"].split() if sound != SILENT)
    return [
        Rule(
            graph,
            re.compile(f"(?:{left})$") if left else None,
            re.compile(right) if right else None,
            sounds,
        )
        for graph in match["graphs"].split("|")
    ]
