"""A recording -> the files of its folder: audio.ogg, lyrics.txt, paper.txt, words.csv, lines.csv, meta.json."""

import csv
import json
from pathlib import Path

import av
import numpy as np

from studio.kokoro import SAMPLE_RATE, Floats
from studio.mix import Recording
from studio.score import Song

BIT_RATE = 40_000


def write(song: Song, recording: Recording, folder: Path) -> None:
    """Write the six files; the folder is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_opus(recording.sound, folder / "audio.ogg")
    (folder / "lyrics.txt").write_text("\n".join(recording.lines) + "\n", encoding="utf-8")
    (folder / "paper.txt").write_text(_paper(song), encoding="utf-8")
    words = [(w.text, f"{w.start:.3f}", f"{w.end:.3f}", w.line) for w in recording.words]
    _write_csv(folder / "words.csv", ("word", "start", "end", "line"), words)
    lines = list[tuple[str, str, str]]()
    for index, text in enumerate(recording.lines):
        of_line = [w for w in recording.words if w.line == index]
        lines.append((f"{of_line[0].start:.3f}", f"{of_line[-1].end:.3f}", text))
    _write_csv(folder / "lines.csv", ("start", "end", "text"), lines)
    meta = {
        "set": "examples",
        "name": f"Stream of Worship - {song.title}",
        "title": song.title,
        "artist": "Stream of Worship",
        "lang": song.lang,
        "languages": list(song.languages),
        "licence": "Apache-2.0",
        "duration": round(recording.sound.shape[1] / SAMPLE_RATE, 3),
        "audio": "audio.ogg",
        "n_words": len(words),
        "n_lines": len(lines),
        "first_word": round(recording.words[0].start, 3),
        "last_word_end": round(recording.words[-1].end, 3),
    }
    (folder / "meta.json").write_text(json.dumps(meta, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_stems(recording: Recording, folder: Path) -> None:
    """Write what the mix is the sum of, as vocals.flac and accompaniment.flac."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, sound in (("vocals", recording.vocals), ("accompaniment", recording.accompaniment)):
        samples = np.rint(sound.T.reshape(1, -1) * 32_767).astype(np.int16)
        with av.open(str(folder / f"{name}.flac"), "w") as container:
            stream = container.add_stream("flac", rate=SAMPLE_RATE, layout="stereo", format="s16")
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
            frame.sample_rate = SAMPLE_RATE
            for packet in (*stream.encode(frame), *stream.encode(None)):
                container.mux(packet)


def _paper(song: Song) -> str:
    """Each section once, under its heading, as it would be printed."""
    sections = {part.section.heading: part.section for part in song.parts}
    return "\n".join(
        "\n".join([f"[{heading}]", *(line.text for line in section.lines)]) + "\n"
        for heading, section in sections.items()
    )


def _write_csv(
    path: Path, header: tuple[str, ...], rows: list[tuple[str, str, str, int]] | list[tuple[str, str, str]]
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _write_opus(sound: Floats, path: Path) -> None:
    samples = np.ascontiguousarray(sound.T.reshape(1, -1).astype(np.float32))
    with av.open(str(path), "w", format="ogg", options={"fflags": "+bitexact"}) as file:
        stream = file.add_stream("libopus", rate=SAMPLE_RATE, layout="stereo")
        stream.bit_rate = BIT_RATE
        frame = av.AudioFrame.from_ndarray(samples, format="flt", layout="stereo")
        frame.sample_rate = SAMPLE_RATE
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)
