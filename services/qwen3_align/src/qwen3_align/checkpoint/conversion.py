"""Brings a checkpoint of the original layout into the native one, once, into a cache folder.

The numbers stay as they are; tensors get other names, and the settings are put in other words. The native copy is
written beside its place and renamed, so that a reader sees all of it or nothing. A lock file lets one process convert
while the others wait for it. The copy's name is a digest of the source's files, so that another source is another copy.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock

from qwen3_align.checkpoint.layout import ARCHITECTURE, CLASSES, check_tensors, read_config
from qwen3_align.checkpoint.tensors import INDEX, copy_renamed, weight_files
from qwen3_align.errors import NotAnAlignerError

AUDIO_TOKENS = ("<|audio_start|>", "<|audio_pad|>", "<|audio_end|>")
TIMESTAMP = "<timestamp>"
CHAT_TEMPLATE = (
    "{%- for message in messages %}{%- for part in message['content'] %}"
    "{%- if part['type'] == 'audio' %}{{ '" + "".join(AUDIO_TOKENS) + "' }}"
    "{%- else %}{{ part['text'] + '" + TIMESTAMP * 2 + "' }}{%- endif %}"
    "{%- endfor %}{%- endfor %}"
)
"""The prompt that the original's own code puts together: the sound, then each unit with its two slots."""

_VERSION = "1"
"""Part of a copy's name; another one makes all copies anew."""
_SEAL = "converted.json"
_NAMES = (
    (re.compile(r"^thinker\.lm_head\."), "score."),
    (re.compile(r"^thinker\.audio_tower\.proj([12])\."), r"model.multi_modal_projector.linear_\1."),
    (re.compile(r"^thinker\.audio_tower\."), "model.audio_tower."),
    (re.compile(r"^thinker\.model\."), "model.language_model."),
)
_AUDIO_SETTINGS = (
    "num_mel_bins",
    "encoder_layers",
    "encoder_attention_heads",
    "encoder_ffn_dim",
    "d_model",
    "n_window",
    "n_window_infer",
    "downsample_hidden_size",
    "output_dim",
    "activation_function",
    "scale_embedding",
)
_TEXT_SETTINGS = (
    "vocab_size",
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
    "hidden_act",
    "attention_bias",
    "max_position_embeddings",
    "rms_norm_eps",
)

Report = Callable[[float], None]
"""Hears what share, 0 to 1, is done."""


def native_copy(source: Path, cache: Path, report: Report) -> Path:
    """Give a native copy of an original checkpoint; make it if it is not there, or not whole.

    Raises:
        NotAnAlignerError: the source is damaged, or not what its config.json says.
        OSError: the cache cannot be written.
    """
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / _digest(source)
    with FileLock(folder.with_suffix(".lock")):
        if not _is_whole(folder):
            shutil.rmtree(folder, ignore_errors=True)
            with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=cache) as temporary:
                made = Path(temporary) / "native"
                made.mkdir()
                _convert(source, made, report)
                made.rename(folder)
    return folder


def native_name(name: str) -> str:
    """The native name of one of the original's tensors."""
    for pattern, replacement in _NAMES:
        if pattern.match(name):
            return pattern.sub(replacement, name)
    return name


def _convert(source: Path, made: Path, report: Report) -> None:
    from transformers import AutoTokenizer, Qwen3ASRFeatureExtractor, Qwen3ASRProcessor

    settings = read_config(source)
    try:
        config = _native_config(settings)
        files = weight_files(source)
        _copy_weights(files, made, report)
    except (KeyError, TypeError, ValueError) as error:
        raise NotAnAlignerError(f"{source} is damaged: {error!r}. Fetch it again.") from error
    config.save_pretrained(made)
    check_tensors(made, config)
    try:
        tokenizer = AutoTokenizer.from_pretrained(source)
        Qwen3ASRProcessor(
            feature_extractor=Qwen3ASRFeatureExtractor(feature_size=config.audio_config.num_mel_bins),
            tokenizer=tokenizer,
            chat_template=CHAT_TEMPLATE,
            timestamp_segment_time=settings["timestamp_segment_time"],
        ).save_pretrained(made)
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise NotAnAlignerError(f"{source} has a tokenizer that cannot be read: {error}. Fetch it again.") from error
    sizes = {path.name: path.stat().st_size for path in made.iterdir()}
    (made / _SEAL).write_text(json.dumps(sizes), "utf-8")


def _native_config(settings: dict[str, Any]) -> Any:
    from transformers import Qwen3ASRConfig

    thinker = settings["thinker_config"]
    audio, text = thinker["audio_config"], thinker["text_config"]
    make: Any = Qwen3ASRConfig  # its own types leave out what every configuration takes
    config = make(
        audio_config={
            "model_type": "qwen3_asr_encoder",
            **{name: audio[name] for name in _AUDIO_SETTINGS if name in audio},
        },
        text_config={
            "model_type": "qwen3",
            "rope_parameters": {"rope_type": "default", "rope_theta": text["rope_theta"]},
            "tie_word_embeddings": False,
            "pad_token_id": text.get("pad_token_id") or thinker.get("pad_token_id"),
            **{name: text[name] for name in _TEXT_SETTINGS if name in text},
        },
        audio_token_id=thinker["audio_token_id"],
        timestamp_token_id=settings["timestamp_token_id"],
        num_labels=CLASSES,
        tie_word_embeddings=False,
        token_classification_bias=False,
    )
    config.architectures = [ARCHITECTURE]
    return config


def _copy_weights(files: list[Path], made: Path, report: Report) -> None:
    total = sum(path.stat().st_size for path in files)
    copied = 0

    def count(size: int) -> None:
        nonlocal copied
        copied += size
        report(min(1.0, copied / total))

    for path in files:
        copy_renamed(path, made / path.name, native_name, count)
    index = files[0].parent / INDEX
    if files[0].name != "model.safetensors":
        content = json.loads(index.read_text("utf-8"))
        content["weight_map"] = {native_name(name): file for name, file in content["weight_map"].items()}
        (made / INDEX).write_text(json.dumps(content), "utf-8")


def _is_whole(folder: Path) -> bool:
    try:
        sizes = json.loads((folder / _SEAL).read_text("utf-8"))
        return bool(sizes) and all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, AttributeError):
        return False


def _digest(source: Path) -> str:
    """Name a state of the source: the place, size and time of change of each of its files."""
    lines = [_VERSION, str(source.resolve())]
    for path in sorted(source.iterdir()):
        status = path.stat()
        lines.append(f"{path.name} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]
