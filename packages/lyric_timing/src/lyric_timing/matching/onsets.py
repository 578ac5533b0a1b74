"""When a heard word was sung, where a recogniser stretches it over the silence before.

Recognisers that find word times by attention (Whisper) cut a recording into words without gaps: the first word of a
phrase begins where the last one ended, so its start says little. Its end is right. Such a word starts where it ends,
less what a word of its length takes, in this song and in general. Where first words last no longer than others of
their length, nothing is wrong with them, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lyric_timing.matching.evidence import Piece

_STRETCHED = 1.1
"""First words that last so much longer than others of their length are stretched."""
_SHARE = 0.8
"""Part of the usual length that fits best: the words that it is measured on are a little stretched, too."""
_ENOUGH = 5
_LETTERS_PER_SIZE, _SIZES = 3, 3
_SECONDS, _SECONDS_PER_LETTER = 0.1, 0.03
"""Length of a sung word in general, up to its end as recognisers hear it."""


def settle(pieces: Sequence[Piece], begins: Sequence[bool]) -> list[Piece]:
    """The same words with later starts for stretched ones. `begins` tells which begin a line."""
    seconds = [piece.end - piece.start for piece in pieces]
    inner: list[list[float]] = [[] for _ in range(_SIZES)]
    for piece, length, begin in zip(pieces, seconds, begins, strict=True):
        if not begin:
            inner[_size(piece)].append(length)
    usual = [float(np.median(lengths)) if len(lengths) >= _ENOUGH else None for lengths in inner]
    longer = [
        length / known
        for piece, length, begin in zip(pieces, seconds, begins, strict=True)
        if begin and (known := usual[_size(piece)])
    ]
    if len(longer) < _ENOUGH or np.median(longer) < _STRETCHED:
        return list(pieces)
    settled: list[Piece] = []
    for piece, begin in zip(pieces, begins, strict=True):
        length = _SECONDS + _SECONDS_PER_LETTER * len(piece.normal)
        if known := usual[_size(piece)]:
            length = (length + _SHARE * known) / 2
        settled.append(replace(piece, start=max(piece.start, piece.end - length)) if begin else piece)
    return settled


def _size(piece: Piece) -> int:
    return min(_SIZES - 1, (len(piece.normal) - 1) // _LETTERS_PER_SIZE)
