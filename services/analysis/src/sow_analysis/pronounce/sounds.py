"""One way to say a word: its sounds as IPA, and as the phones of the acoustic model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from sow_analysis.pronounce.arpabet import arpabet_from_ipa, ipa_from_arpabet


@dataclass(frozen=True, slots=True)
class Sounds:
    """A pronunciation in both alphabets. Both are empty for what makes no sound."""

    ipa: tuple[str, ...]
    phones: tuple[str, ...]

    @classmethod
    def from_ipa(cls, ipa: tuple[str, ...], overrides: Mapping[str, tuple[str, ...]] | None = None) -> Self:
        return cls(ipa, arpabet_from_ipa(ipa, overrides))

    @classmethod
    def from_phones(cls, phones: tuple[str, ...]) -> Self:
        return cls(ipa_from_arpabet(phones), phones)

    @classmethod
    def joined(cls, parts: Iterable[Sounds]) -> Self:
        pieces = list(parts)
        return cls(tuple(s for p in pieces for s in p.ipa), tuple(s for p in pieces for s in p.phones))
