"""From the classes that the network chose to times, by the reference's own repair of what decreases."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from qwen3_align.clips import UnitTime
from qwen3_align.model.network import Answer
from qwen3_align.model.preparing import Prepared


def read_times(processor: Any, prepared: Prepared, answer: Answer) -> tuple[UnitTime, ...]:
    """The times of a clip's units. May run in any thread.

    The repair keeps the longest run of times that never decrease, and puts the others between their neighbours
    (`Qwen3ASRProcessor.decode_forced_alignment`). A unit's confidence is the geometric mean of its two slots'.
    """
    # The processor wants logits. All it does with them is to take the greatest of each slot.
    chosen = torch.from_numpy(answer.classes)
    logits = torch.zeros(1, len(chosen), int(chosen.max()) + 1, dtype=torch.uint8)
    logits[0, torch.arange(len(chosen)), chosen] = 1
    slots = torch.zeros(1, len(chosen), dtype=torch.int64)
    (items,) = processor.decode_forced_alignment(logits, slots, [list(prepared.clip.units)], timestamp_token_id=0)
    sureness = np.sqrt(answer.sureness[0::2].astype(np.float64) * answer.sureness[1::2])
    return tuple(
        UnitTime(item["start_time"], item["end_time"], float(sure)) for item, sure in zip(items, sureness, strict=True)
    )
