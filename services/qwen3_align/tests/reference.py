"""The reference: transformers' own way from a clip to times, one clip at a time and nothing left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from transformers import Qwen3ASRForTokenClassification, Qwen3ASRProcessor

from qwen3_align.clips import SAMPLE_RATE, Clip


class Reference:
    def __init__(self, folder: Path) -> None:
        self.processor: Any = Qwen3ASRProcessor.from_pretrained(folder)
        self.model: Any = Qwen3ASRForTokenClassification.from_pretrained(folder, dtype=torch.float32).eval()

    def __call__(self, clip: Clip) -> Expected:
        inputs, words = self.processor.prepare_forced_aligner_inputs(
            audio=[clip.samples], transcript=" ".join(clip.units), language=clip.language
        )
        with torch.inference_mode():
            logits = self.model(**inputs, use_cache=False).logits
        token = self.model.config.timestamp_token_id
        (items,) = self.processor.decode_forced_alignment(logits, inputs["input_ids"], words, token)
        ids = inputs["input_ids"][0]
        return Expected(
            words[0],
            [(item["start_time"], item["end_time"]) for item in items],
            ids.numpy(),
            logits[0][ids == token],
            inputs["input_features"][0],
        )


class Expected(NamedTuple):
    words: list[str]
    times: list[tuple[float, float]]
    input_ids: Any
    logits: torch.Tensor
    spectrum: torch.Tensor


def noise(seconds: float, units: str, language: str = "English", seed: int = 0) -> Clip:
    """Loud and soft noise, so that no two stretches of it are alike."""
    rng = np.random.default_rng(seed)
    samples = rng.standard_normal(round(seconds * SAMPLE_RATE)) * (
        1 + np.sin(np.arange(round(seconds * SAMPLE_RATE)) / 3e3)
    )
    return Clip((samples * 0.05).astype(np.float32), tuple(units.split()), language)
