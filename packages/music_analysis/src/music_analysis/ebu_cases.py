"""The test signals of EBU Tech 3341 and 3342 that can be made from a formula, for tests and benchmarks.

Stereo, 48 kHz, 1 kHz tones for loudness and its range; for true peak, tones at simple fractions of the sample rate,
whose peaks fall between the samples. They fade in and out, since a tone that is cut has peaks of its own. Left out are
3341's cases 6 (five channels), 7 and 8 (recordings), 9 to 14 (momentary and short-term loudness, which we do not
report) and 20 to 23 (true peaks of single pulses).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from music_analysis.document import Loudness
from music_analysis.frames import Samples, blocks_of
from music_analysis.loudness import LoudnessMeter

RATE = 48_000


@dataclass(frozen=True)
class Case:
    """A signal and what a meter has to say of it."""

    name: str
    expected: float
    """LUFS, LU or dBTP."""
    tones: tuple[tuple[float, float], ...] = ()
    """Peak level in dBFS and seconds of each tone, one after the other."""
    fraction: int = 0
    """Samples in one turn of the tone, in a true-peak case."""
    amplitude: float = 0.0
    degrees: float = 0.0

    def __str__(self) -> str:
        return self.name

    def sound(self) -> Samples:
        """Shape (2, n)."""
        if self.fraction:
            n = np.arange(RATE)
            wave = self.amplitude * np.sin(2 * np.pi * n / self.fraction + np.deg2rad(self.degrees))
            wave *= np.minimum(1, np.minimum(n, RATE - n) / (0.1 * RATE))
        else:
            levels = np.concatenate([np.full(round(seconds * RATE), 10 ** (db / 20)) for db, seconds in self.tones])
            wave = levels * np.sin(2 * np.pi * 1000 * np.arange(levels.size) / RATE)
        return np.stack([wave, wave]).astype(np.float32)


LOUDNESS_CASES = (
    Case("3341-1", -23.0, ((-23, 20),)),
    Case("3341-2", -33.0, ((-33, 20),)),
    Case("3341-3", -23.0, ((-36, 10), (-23, 60), (-36, 10))),
    Case("3341-4", -23.0, ((-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10))),
    Case("3341-5", -23.0, ((-26, 20), (-20, 20.1), (-26, 20))),
)
RANGE_CASES = (
    Case("3342-1", 10.0, ((-20, 20), (-30, 20))),
    Case("3342-2", 5.0, ((-20, 20), (-15, 20))),
    Case("3342-3", 20.0, ((-40, 20), (-20, 20))),
    Case("3342-4", 15.0, ((-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20))),
)
TRUE_PEAK_CASES = (
    Case("3341-15", -6.0, fraction=4, amplitude=0.5, degrees=0.0),
    Case("3341-16", -6.0, fraction=4, amplitude=0.5, degrees=45.0),
    Case("3341-17", -6.0, fraction=6, amplitude=0.5, degrees=60.0),
    Case("3341-18", -6.0, fraction=8, amplitude=0.5, degrees=67.5),
    Case("3341-19", 3.0, fraction=4, amplitude=1.41, degrees=45.0),
)


def measured(case: Case) -> Loudness:
    """What our meter says."""
    meter = LoudnessMeter(RATE, 2)
    for block in blocks_of(case.sound(), RATE):
        meter.push(block)
    return meter.finish()
