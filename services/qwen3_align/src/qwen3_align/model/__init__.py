"""The aligner itself: the network, what it reads, and how its answers become times."""

from qwen3_align.model.aligner_model import AlignerModel, ModelOptions, Progress

__all__ = ["AlignerModel", "ModelOptions", "Progress"]
