"""Builds checkpoints of the aligner's real classes with no download: for tests, and to time the network.

    python -m qwen3_align.building OUT                     2 MB, random: times depend on the sound, but mean nothing
    python -m qwen3_align.building OUT --count 0.16        2 MB, and the n-th token of text is at n · 0.16 s
    python -m qwen3_align.building OUT --full-size         the published size, random: only its cost is real
    python -m qwen3_align.building OUT --layout original   as the model's authors publish it

All else is as in the published model: the front end, prompt, windows, classes, and the names of files and tensors.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import torch
from tokenizers import ByteLevelBPETokenizer
from transformers import (
    AddedToken,
    Qwen2Tokenizer,
    Qwen3ASRConfig,
    Qwen3ASRFeatureExtractor,
    Qwen3ASRForTokenClassification,
    Qwen3ASRProcessor,
)

from qwen3_align.checkpoint.conversion import AUDIO_TOKENS, CHAT_TEMPLATE, TIMESTAMP, native_name
from qwen3_align.checkpoint.layout import CLASSES, Layout
from qwen3_align.checkpoint.tensors import WEIGHTS, copy_renamed, read_shapes
from qwen3_align.clips import STEP_SECONDS

_STEP_MILLISECONDS = round(STEP_SECONDS * 1000)
_SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", *AUDIO_TOKENS)
_TEXTS = (
    "we sing for joy and the morning answers us again",
    "hold on my heart the night is nearly over",
    "清晨的光照亮山谷 我们一起歌唱",
    "静かな夜に星が歌う 고요한 밤에 노래하네",
    "la lumière revient für alle con el corazón поём вместе",
)
_TINY_AUDIO = {
    "encoder_layers": 2,
    "encoder_attention_heads": 2,
    "encoder_ffn_dim": 64,
    "d_model": 32,
    "downsample_hidden_size": 8,
    "output_dim": 64,
}
_TINY_TEXT = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
}
_FULL_AUDIO = {
    "encoder_layers": 24,
    "encoder_attention_heads": 16,
    "encoder_ffn_dim": 4096,
    "d_model": 1024,
    "downsample_hidden_size": 480,
    "output_dim": 1024,
}
_FULL_TEXT = {
    "hidden_size": 1024,
    "intermediate_size": 3072,
    "num_hidden_layers": 28,
    "num_attention_heads": 16,
    "num_key_value_heads": 8,
    "head_dim": 128,
}
_FULL_VOCABULARY = 152_064
_TINY_SPREAD = 0.3
"""Of the tiny model's random weights: wide, as few dimensions would else drown the sound in the text."""
_WINDOWS = {"num_mel_bins": 128, "n_window": 50, "n_window_infer": 800}
_ROPE_THETA = 1_000_000.0


def build(
    folder: Path, *, layout: Layout = "native", count: float | None = None, full_size: bool = False, seed: int = 0
) -> Path:
    """Write a checkpoint.

    Args:
        folder: made if it is not there.
        layout: `native` as transformers reads it, `original` as the model's authors publish it.
        count: seconds per token of text: the n-th token of text (slots count too) then says n · count, whatever the
            sound is. None: random weights. Not for the full size.
        full_size: the published size, 3.7 GB, with the tiny tokenizer.
        seed: of the random weights.

    Returns:
        The folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = _tokenizer()
    config = _config(tokenizer, full_size)
    torch.manual_seed(seed)
    model = Qwen3ASRForTokenClassification(config).eval()
    if count is not None:
        _make_counting(model, tokenizer.convert_tokens_to_ids(AUDIO_TOKENS[0]), count)
    if layout == "native":
        model.save_pretrained(folder)
        Qwen3ASRProcessor(
            feature_extractor=Qwen3ASRFeatureExtractor(),
            tokenizer=tokenizer,
            chat_template=CHAT_TEMPLATE,
            timestamp_segment_time=_STEP_MILLISECONDS,
        ).save_pretrained(folder)
    else:
        _save_original(folder, model, tokenizer)
    return folder


def _tokenizer() -> Any:
    """Byte pairs learnt from a few lines; every byte is known, so any text can be read."""
    pairs = ByteLevelBPETokenizer(add_prefix_space=False)
    pairs.train_from_iterator(_TEXTS, vocab_size=600, min_frequency=1, show_progress=False)
    with tempfile.TemporaryDirectory() as temporary:
        vocabulary, merges = (Path(path) for path in pairs.save_model(temporary))
        # Pairs, whatever the tokenizer's own types say.
        rules: Any = [
            tuple(line.split(" ")) for line in merges.read_text("utf-8").splitlines() if not line.startswith("#version")
        ]
        bos, pad, eos = AUDIO_TOKENS
        tokenizer = Qwen2Tokenizer(
            vocab=json.loads(vocabulary.read_text("utf-8")),
            merges=rules,
            unk_token="<|endoftext|>",
            eos_token="<|im_end|>",
            pad_token="<|endoftext|>",
            extra_special_tokens={"audio_token": pad, "audio_bos_token": bos, "audio_eos_token": eos},
        )
    tokenizer.add_tokens([AddedToken(text, special=True, normalized=False) for text in _SPECIAL])
    tokenizer.add_tokens([AddedToken(TIMESTAMP, special=False, normalized=False)])
    return tokenizer


def _config(tokenizer: Any, full_size: bool) -> Qwen3ASRConfig:
    audio, text = (_FULL_AUDIO, _FULL_TEXT) if full_size else (_TINY_AUDIO, _TINY_TEXT)
    spread = {} if full_size else {"initializer_range": _TINY_SPREAD}
    vocabulary = _FULL_VOCABULARY if full_size else -(-len(tokenizer) // 64) * 64
    _, pad, _ = AUDIO_TOKENS
    settings: Any = Qwen3ASRConfig
    return settings(
        audio_config={"model_type": "qwen3_asr_encoder", **_WINDOWS, **audio, **spread},
        text_config={
            "model_type": "qwen3",
            **text,
            **spread,
            "vocab_size": vocabulary,
            "max_position_embeddings": 65_536,
            "tie_word_embeddings": False,
            "pad_token_id": tokenizer.pad_token_id,
            "rope_parameters": {"rope_type": "default", "rope_theta": _ROPE_THETA},
        },
        audio_token_id=tokenizer.convert_tokens_to_ids(pad),
        timestamp_token_id=tokenizer.convert_tokens_to_ids(TIMESTAMP),
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        num_labels=CLASSES,
        tie_word_embeddings=False,
        token_classification_bias=False,
        **spread,
    )


@torch.no_grad()
def _make_counting(model: Any, first_token: int, seconds: float) -> None:
    """Overwrite the weights so that the best class at the n-th token of text is n · seconds, to the nearest step.

    The first layer attends to all tokens of text alike, as keys of sound are made to lose. So the share that falls on
    the prompt's first token is u = 1 / n, and that is all the layer passes on. The head gives class c the value
    2 · c · steps - c² · u, which is greatest at c = steps · n.
    """
    for name, weight in model.named_parameters():
        if "norm" not in name and "audio_tower" not in name:
            weight.zero_()
    text, first, sound, share = 0, 1, 2, 3  # what the dimensions of the states mean
    language_model = model.model.language_model
    language_model.embed_tokens.weight[:, text] = 1.0
    language_model.embed_tokens.weight[first_token, first] = 1.0
    model.model.multi_modal_projector.linear_2.bias[sound] = 1.0
    attention = language_model.layers[0].self_attn
    slowest = attention.head_dim // 2 - 1  # the rotary pair that turns so little that places do not matter
    attention.q_proj.weight[slowest, text] = 1.0
    attention.k_proj.weight[slowest, text] = 1.0
    attention.k_proj.weight[slowest, sound] = -1.0
    attention.q_norm.weight.fill_(10.0)
    # The norm before the layer scales the first token's state, whose square sum is 2.
    attention.v_proj.weight[0, first] = (2 / model.config.text_config.hidden_size) ** 0.5
    attention.o_proj.weight[share, 0] = 1.0
    classes = torch.arange(CLASSES, dtype=torch.float32)
    model.score.weight[:, text] = 2 * classes * (seconds / STEP_SECONDS)
    model.score.weight[:, share] = -classes * classes


def _save_original(folder: Path, model: Any, tokenizer: Any) -> None:
    """Write the files that the authors' own package reads, under the names that it gives the tensors."""
    config = model.config
    audio, text = config.audio_config.to_dict(), config.text_config.to_dict()
    bos, _, eos = AUDIO_TOKENS
    settings = {
        "architectures": ["Qwen3ASRForConditionalGeneration"],
        "model_type": "qwen3_asr",
        "timestamp_token_id": config.timestamp_token_id,
        "timestamp_segment_time": _STEP_MILLISECONDS,
        "thinker_config": {
            "model_type": "qwen3_forced_aligner",
            "classify_num": CLASSES,
            "audio_token_id": config.audio_token_id,
            "audio_start_token_id": tokenizer.convert_tokens_to_ids(bos),
            "audio_end_token_id": tokenizer.convert_tokens_to_ids(eos),
            "pad_token_id": config.pad_token_id,
            "audio_config": {
                "model_type": "qwen3_asr_audio_encoder",
                "max_source_positions": 1500,
                "conv_chunksize": 500,
                **{name: audio[name] for name in (*_WINDOWS, *_FULL_AUDIO)},
            },
            "text_config": {
                "model_type": "qwen3_asr_text",
                **{name: text[name] for name in _FULL_TEXT},
                "vocab_size": text["vocab_size"],
                "pad_token_id": config.pad_token_id,
                "max_position_embeddings": text["max_position_embeddings"],
                "rms_norm_eps": text["rms_norm_eps"],
                "hidden_act": text["hidden_act"],
                "attention_bias": False,
                "tie_word_embeddings": False,
                "rope_theta": _ROPE_THETA,
                "rope_scaling": {
                    "rope_type": "default",
                    # Three shares of a head's rotary pairs. With sound and text alone all three tell the same place.
                    "mrope_section": _rope_sections(text["head_dim"]),
                    "mrope_interleaved": True,
                    "interleaved": True,
                },
            },
        },
    }
    (folder / "config.json").write_text(json.dumps(settings, indent=2), "utf-8")
    Qwen3ASRFeatureExtractor().save_pretrained(folder)
    _save_original_tokenizer(folder, tokenizer)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        model.save_pretrained(temporary, max_shard_size="100GB")
        native = Path(temporary)
        names = {native_name(name): name for name in map(_original_name, read_shapes(native))}
        copy_renamed(native / WEIGHTS, folder / WEIGHTS, names.__getitem__, lambda _: None)


def _original_name(name: str) -> str:
    for native, original in (
        ("score.", "thinker.lm_head."),
        ("model.multi_modal_projector.linear_", "thinker.audio_tower.proj"),
        ("model.audio_tower.", "thinker.audio_tower."),
        ("model.language_model.", "thinker.model."),
    ):
        if name.startswith(native):
            return original + name.removeprefix(native)
    raise ValueError(f"unknown tensor {name}")


def _rope_sections(head_dim: int) -> list[int]:
    rest = head_dim // 2
    return [rest - 2 * (rest * 5 // 16), rest * 5 // 16, rest * 5 // 16]


def _save_original_tokenizer(folder: Path, tokenizer: Any) -> None:
    """As a vocabulary with merges: the original has no tokenizer.json."""
    tokenizer.backend_tokenizer.model.save(str(folder))
    added = {
        str(number): {
            "content": token.content,
            "special": token.special,
            **dict.fromkeys(("lstrip", "rstrip", "normalized", "single_word"), False),
        }
        for number, token in sorted(tokenizer.added_tokens_decoder.items())
    }
    bos, pad, eos = AUDIO_TOKENS
    settings = {
        "tokenizer_class": "Qwen2Tokenizer",
        "processor_class": "Qwen3ASRProcessor",
        "added_tokens_decoder": added,
        "audio_token": pad,
        "audio_bos_token": bos,
        "audio_eos_token": eos,
        "extra_special_tokens": {"audio_token": pad, "audio_bos_token": bos, "audio_eos_token": eos},
        "bos_token": None,
        "eos_token": "<|im_end|>",
        "pad_token": "<|endoftext|>",
        "unk_token": "<|endoftext|>",
        "errors": "replace",
        "clean_up_tokenization_spaces": False,
        "split_special_tokens": False,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2), "utf-8")
    preprocessor = json.loads((folder / "preprocessor_config.json").read_text("utf-8"))
    preprocessor |= {"feature_extractor_type": "WhisperFeatureExtractor", "processor_class": "Qwen3ASRProcessor"}
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessor, indent=2), "utf-8")


def main() -> None:
    """Build what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--layout", choices=("native", "original"), default="native")
    parser.add_argument("--count", type=float, metavar="SECONDS", help="seconds per token of text")
    parser.add_argument("--full-size", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.count is not None and options.full_size:
        parser.error("--count is for the tiny model only")
    build(options.out, layout=options.layout, count=options.count, full_size=options.full_size, seed=options.seed)


if __name__ == "__main__":
    main()
