"""How well songs of any length are aligned when the model fails as the real one does. No weights are needed.

Run it in the folder of the service: `.venv/bin/python bench/known_songs.py [SONGS]`. The songs and the model are those
of the tests (`tests/singing.py`): made up from a seed, so that the truth is known.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from singing import Ear, align, make_song, share_within

_LONG: dict[str, Any] = {"seconds": 1200, "intro": 40, "breaks": [60, 60, 30]}
_USUAL: dict[str, Any] = {"seconds": 300, "intro": 20, "breaks": [20]}
_TRIALS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "20 s": ({"seconds": 20}, {}),
    "60 s": ({"seconds": 60}, {}),
    "4 min": ({"seconds": 240, "intro": 10}, {}),
    "4 min, nothing repeated": ({"seconds": 240, "intro": 10, "repeats": False}, {}),
    "4 min, intro of 40 s": ({"seconds": 240, "intro": 40}, {}),
    "5 min, intro of 40 s, break of 60 s": ({"seconds": 300, "intro": 40, "breaks": [60]}, {}),
    "the same, breaks silent": ({"seconds": 300, "intro": 40, "breaks": [60, 20], "quiet": True}, {}),
    "20 min, breaks of 60 s": (_LONG, {}),
    "20 min, nothing repeated": ({**_LONG, "repeats": False}, {}),
    "5 min, 15 % of words far off": (_USUAL, {"wrong": 0.15}),
    "5 min, sure of words not sung": (_USUAL, {"pile_sureness": (0.5, 0.9)}),
    "5 min, words not sung drawn out": (_USUAL, {"stretches": True, "pile_sureness": (0.05, 0.3)}),
    "the same, intro of 70 s": ({**_USUAL, "intro": 70, "breaks": [60]}, {"stretches": True}),
    "20 min, unsure of all (0.03-0.06)": (_LONG, {"sureness": 0.06}),
    "20 min, deaf for 120 s (10 %)": ({"seconds": 1200, "repeats": False}, {"deaf": [(200, 320)]}),
}


def main() -> None:
    """Print, for each trial, the share of words within 0.3 s, and how often and how much the model was asked."""
    songs = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    sys.stdout.write(f"{'':36}{'worst':>8}{'mean':>8}{'calls':>8}{'sound asked':>13}\n")
    for name, (shape, failing) in _TRIALS.items():
        shares: list[float] = []
        calls: list[int] = []
        asked: list[float] = []
        for seed in range(songs):
            song = make_song(seed, **shape)
            ear = Ear(song, seed, **failing)
            shares.append(share_within(align(song, ear), song))
            calls.append(len(ear.asked))
            asked.append(sum(map(sum, ear.asked)) / song.seconds)
        row = f"{min(shares):8.1%}{np.mean(shares):8.1%}{np.mean(calls):8.1f}{np.mean(asked):11.2f} x\n"
        sys.stdout.write(f"{name:36}{row}")


if __name__ == "__main__":
    main()
