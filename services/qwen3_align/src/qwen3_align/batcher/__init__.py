"""Puts the clips of all callers into batches: the model is fastest with several at once of about the same length."""

from qwen3_align.batcher.batcher import Batcher, Limits

__all__ = ["Batcher", "Limits"]
