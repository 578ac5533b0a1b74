"""Finding a checkpoint of the aligner, and making sure that it is one."""

from qwen3_align.checkpoint.layout import check_tensors, read_layout
from qwen3_align.checkpoint.source import DEFAULT_MODEL, Checkpoint, ModelSource, fetch, make_native

__all__ = ["DEFAULT_MODEL", "Checkpoint", "ModelSource", "check_tensors", "fetch", "make_native", "read_layout"]
