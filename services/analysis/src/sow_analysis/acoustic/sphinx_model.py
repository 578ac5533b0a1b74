"""The PocketSphinx acoustic model (phonetically tied mixtures) as arrays.

File formats: CMU Sphinx `s3` Gaussian files, the binary model definition `mdef` and the quantised mixture weights
`sendump`, as read by PocketSphinx 5 (`s3file`, `bin_mdef`, `ptm_mgau`).
"""

from __future__ import annotations

import functools
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

STATES_PER_PHONE = 3
SILENCE = "SIL"
NOISES = ("SIL", "+NSN+", "+SPN+")

# PocketSphinx stores -log(weight) in steps of 2**10 in base 1.0001.
_WEIGHT_STEP = 1024 * float(np.log(1.0001))
_VARIANCE_FLOOR = 1e-4

_INTERNAL, _BEGIN, _END, _SINGLE = range(4)
_TRIPHONE = np.dtype([("ssid", "<i4"), ("tmat", "<i4"), ("position", "u1"), ("context", "u1", 3)])


@dataclass(frozen=True)
class SphinxModel:
    """Senones (tied HMM states) and the Gaussians that they mix.

    `means`, `variances`: (phones, streams, densities, dimensions); a senone mixes the densities of its base phone.
    `weights`: (streams, densities, senones).
    """

    phones: tuple[str, ...]
    means: FloatArray
    variances: FloatArray
    weights: FloatArray
    state_sequences: IntArray
    """(sequences, 3): the senones of a phone in context."""
    context_free: IntArray
    """(phones,): the state sequence of each phone without context."""
    triphones: dict[tuple[int, int, int, int], int]
    """(position, phone, left, right) → state sequence."""

    @functools.cached_property
    def index(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.phones)}

    def senones(self, phone: int, left: int, right: int, *, first: bool, last: bool) -> IntArray:
        """The three senones of a phone between two others, backing off to a silent context, then to none."""
        positions = (_SINGLE if first and last else _BEGIN if first else _END if last else _INTERNAL, *range(4))
        silence = self.index[SILENCE]
        for before, after in ((left, right), (silence, right), (left, silence)):
            for position in positions:
                sequence = self.triphones.get((position, phone, before, after))
                if sequence is not None:
                    return self.state_sequences[sequence]
        return self.state_sequences[self.context_free[phone]]


def model_folder() -> Path:
    """Where the PocketSphinx wheel keeps its English model."""
    import pocketsphinx  # only the path is wanted, and only when the engine is used

    return Path(cast(str, pocketsphinx.get_model_path("en-us/en-us")))


@functools.cache
def load_model(folder: Path | None = None) -> SphinxModel:
    """Read the acoustic model in `folder` (default: the one in the PocketSphinx wheel). Cached."""
    folder = folder or model_folder()
    phones, state_sequences, context_free, triphones, n_senones = _read_definition(folder / "mdef")
    return SphinxModel(
        phones=phones,
        means=_read_gaussians(folder / "means"),
        variances=np.maximum(_read_gaussians(folder / "variances"), _VARIANCE_FLOOR),
        weights=_read_weights(folder / "sendump", streams=3, senones=n_senones),
        state_sequences=state_sequences,
        context_free=context_free,
        triphones=triphones,
    )


def _read_gaussians(path: Path) -> FloatArray:
    data = path.read_bytes()
    at = data.index(b"endhdr\n") + len(b"endhdr\n") + 4  # a byte-order mark follows the text header
    codebooks, streams, densities = struct.unpack_from("<3i", data, at)
    lengths = struct.unpack_from(f"<{streams}i", data, at + 12)
    at += 12 + 4 * streams
    (count,) = struct.unpack_from("<i", data, at)
    values = np.frombuffer(data, np.float32, count, at + 4)
    return values.reshape(codebooks, streams, densities, lengths[0])


def _read_weights(path: Path, *, streams: int, senones: int) -> FloatArray:
    data = path.read_bytes()
    at = 0
    while True:
        (length,) = struct.unpack_from("<i", data, at)
        at += 4
        if length == 0:
            break
        at += length
    densities, columns = struct.unpack_from("<2i", data, at)
    quantised = np.frombuffer(data, np.uint8, streams * densities * columns, at + 8)
    weights = np.exp(-_WEIGHT_STEP * quantised.astype(np.float32))
    return weights.reshape(streams, densities, columns)[:, :, :senones]


def _read_definition(
    path: Path,
) -> tuple[tuple[str, ...], IntArray, IntArray, dict[tuple[int, int, int, int], int], int]:
    data = path.read_bytes()
    _, _, description = struct.unpack_from("<3i", data, 0)
    at = 12 + description
    n_phones, n_triphones, n_states, _, n_senones, _, n_sequences, _, n_tree, _ = struct.unpack_from("<10i", data, at)
    at += 40
    names: list[str] = []
    start = at
    for _ in range(n_phones):
        end = data.index(b"\0", at)
        names.append(data[at:end].decode("ascii"))
        at = end + 1
    at = start + ((at - start + 3) & ~3) + 8 * n_tree
    table = np.frombuffer(data, _TRIPHONE, n_triphones, at)
    at += _TRIPHONE.itemsize * n_triphones + 4
    sequences = np.frombuffer(data, np.uint16, n_sequences * n_states, at).reshape(n_sequences, n_states)
    rows = table[n_phones:]
    keys = zip(rows["position"].tolist(), rows["context"].tolist(), rows["ssid"].tolist(), strict=True)
    triphones = {(position, *context): ssid for position, context, ssid in keys}
    return tuple(names), sequences.astype(np.int64), table["ssid"][:n_phones].astype(np.int64), triphones, n_senones
