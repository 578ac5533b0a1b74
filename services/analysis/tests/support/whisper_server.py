"""A real Whisper behind the transcription part of OpenAI's protocol, as some servers of that kind have it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from faster_whisper import WhisperModel
from openai_fake import OpenAIFake, Upload
from sounds import samples_of


def whisper_server(model: Path) -> OpenAIFake:
    """Serve a CTranslate2 Whisper model; words and segments with times, as `verbose_json` has them."""
    whisper = WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)
    one_by_one = threading.Lock()

    def transcribe(upload: Upload) -> Mapping[str, Any]:
        with one_by_one:
            found, info = whisper.transcribe(
                samples_of(upload.audio), language=upload.field("language"), word_timestamps=True, beam_size=1
            )
            segments = list(found)
        return {
            "task": "transcribe",
            "language": info.language,
            "duration": info.duration,
            "text": "".join(segment.text for segment in segments),
            "segments": [
                {
                    "id": segment.id, "start": segment.start, "end": segment.end, "text": segment.text,
                    "avg_logprob": segment.avg_logprob, "no_speech_prob": segment.no_speech_prob,
                    "compression_ratio": segment.compression_ratio,
                }
                for segment in segments
            ],
            "words": [
                {"word": word.word.strip(), "start": word.start, "end": word.end}
                for segment in segments
                for word in segment.words or ()
            ],
        }  # fmt: skip

    return OpenAIFake(transcribe=transcribe)
