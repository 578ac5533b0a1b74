"""What a Qwen3 alignment server would answer: the lines that it was sent, their words spread over their windows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lyric_timing.words import split_words


def spread(asked: dict[str, Any]) -> dict[str, Any]:
    """Words of equal length, one after the other."""
    return timed(asked, lambda window, share: window["start"] + share * (window["end"] - window["start"]))


def timed(asked: dict[str, Any], when: Callable[[dict[str, Any], float], float]) -> dict[str, Any]:
    """Words at the times that `when(window, share of its words)` gives."""
    lines: list[dict[str, Any]] = []
    for number, window in enumerate(asked["windows"]):
        count = sum(len(split_words(line)) for line in window["lines"])
        n = 0
        for line in window["lines"]:
            words: list[dict[str, Any]] = []
            for word in split_words(line):
                words.append(word_at(word.text, when(window, n / count), when(window, (n + 1) / count)))
                n += 1
            lines.append(line_of(number, line, words))
    return document(lines, asked["language"])


def late(asked: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Every word in the last `seconds` of its window."""
    return timed(asked, lambda window, share: max(window["start"], window["end"] - seconds * (1 - share)))


def knowing(times: Sequence[tuple[float, float]], asked: dict[str, Any]) -> dict[str, Any]:
    """The words, counted over all windows, at these (start, end), as far as their windows reach."""
    answer = spread(asked)
    words = [(line["window"], word) for line in answer["lines"] for word in line["words"]]
    for (number, word), (start, end) in zip(words, times, strict=True):
        window = asked["windows"][number]
        word["time_seconds"] = min(max(start, window["start"]), window["end"])
        word["end_seconds"] = min(max(end, word["time_seconds"]), window["end"])
    return answer


def word_at(text: str, start: float, end: float, confidence: float = 0.9) -> dict[str, Any]:
    return {"text": text, "time_seconds": start, "end_seconds": end, "confidence": confidence}


def line_of(window: int, text: str, words: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "window": window,
        "time_seconds": words[0]["time_seconds"],
        "end_seconds": words[-1]["end_seconds"],
        "text": text,
        "confidence": 0.9,
        "words": words,
    }


def document(lines: list[dict[str, Any]], language: str = "en") -> dict[str, Any]:
    return {
        "lines": lines,
        "language": language,
        "duration_seconds": 60.0,
        "model": {"id": "tiny", "revision": "1", "device": "cpu", "dtype": "float32"},
        "elapsed_seconds": 0.1,
        "warnings": [],
    }
