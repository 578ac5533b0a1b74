"""What kind of checkpoint a folder holds, and whether it is the aligner, whole.

The aligner is published in two layouts. transformers reads the *native* one. It also reads the *original* one, and any
other model of the family, without an error: every tensor that it does not find by name is filled with random numbers,
and the times that come out look like times. So nothing is loaded here before each name and shape has been compared
with what the model class has.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from qwen3_align.checkpoint.tensors import Shapes, read_shapes
from qwen3_align.errors import NotAnAlignerError

if TYPE_CHECKING:
    from transformers import Qwen3ASRConfig

CLASSES = 5000
"""Of time: steps of 80 ms, 400 s in all."""
ARCHITECTURE = "Qwen3ASRForTokenClassification"
_NAMED = 3

Layout = Literal["native", "original"]


def read_layout(folder: Path) -> Layout:
    """Tell the layout by config.json, and refuse what is not the aligner or has no tokenizer.

    Raises:
        NotAnAlignerError: with the reason.
    """
    config = read_config(folder)
    if "thinker_config" in config:
        layout, classes = "original", config["thinker_config"].get("classify_num")
    else:
        if config.get("model_type") != "qwen3_asr":
            raise NotAnAlignerError(_refusal(folder, f"it is of type {config.get('model_type')!r}"))
        if ARCHITECTURE not in (config.get("architectures") or ()):
            named = ", ".join(config.get("architectures") or ("none",))
            raise NotAnAlignerError(_refusal(folder, f"its architecture is {named}, not {ARCHITECTURE}"))
        layout, classes = "native", config.get("num_labels", len(config.get("id2label") or ()))
    if classes != CLASSES:
        raise NotAnAlignerError(_refusal(folder, f"it tells {classes or 'no'} classes of time apart, not {CLASSES}"))
    _check_tokenizer(folder)
    return layout


def read_config(folder: Path) -> dict[str, Any]:
    """Read config.json.

    Raises:
        NotAnAlignerError: there is none, or it is no JSON object.
    """
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
    except FileNotFoundError:
        raise NotAnAlignerError(_refusal(folder, "it has no config.json")) from None
    except (OSError, ValueError) as error:
        raise NotAnAlignerError(_refusal(folder, f"its config.json cannot be read: {error}")) from error
    if not isinstance(config, dict):
        raise NotAnAlignerError(_refusal(folder, "its config.json is not an object"))
    return config


def check_tensors(folder: Path, config: Qwen3ASRConfig) -> None:
    """See that the folder has every tensor that the model needs in the right shape, and no other.

    Raises:
        NotAnAlignerError: naming some that are missing, too many, or of another shape.
    """
    try:
        found = read_shapes(folder)
    except (ValueError, OSError) as error:
        raise NotAnAlignerError(_refusal(folder, str(error))) from error
    expected = _expected_shapes(config)
    for what, names in (
        ("is missing", expected.keys() - found.keys()),
        ("is not the aligner's", found.keys() - expected.keys()),
        ("has another shape", {name for name in expected.keys() & found.keys() if expected[name] != found[name]}),
    ):
        if names:
            listed = ", ".join(sorted(names)[:_NAMED])
            if len(names) > _NAMED:
                listed += f" and {len(names) - _NAMED} more"
            raise NotAnAlignerError(_refusal(folder, f"of its tensors, this {what}: {listed}"))


def _expected_shapes(config: Qwen3ASRConfig) -> Shapes:
    import torch
    from transformers import Qwen3ASRForTokenClassification

    with torch.device("meta"):
        model = Qwen3ASRForTokenClassification(config)
    return {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}


def _check_tokenizer(folder: Path) -> None:
    missing = [name for name in ("tokenizer_config.json",) if not (folder / name).is_file()]
    vocabulary = all((folder / name).is_file() for name in ("vocab.json", "merges.txt"))
    if not vocabulary and not (folder / "tokenizer.json").is_file():
        missing.append("tokenizer.json (or vocab.json with merges.txt)")
    if missing:
        raise NotAnAlignerError(_refusal(folder, f"its tokenizer lacks {', '.join(missing)}"))


def _refusal(folder: Path, reason: str) -> str:
    return (
        f"{folder} holds no Qwen3 forced aligner: {reason}. "
        "Name Qwen/Qwen3-ForcedAligner-0.6B-hf, or a folder with such a checkpoint."
    )
