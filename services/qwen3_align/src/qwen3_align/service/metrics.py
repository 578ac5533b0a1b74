"""What Prometheus is told."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800)


class Metrics:
    """Counters, and how to raise them."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "sow_qwen3_requests", "Requests to align, by how they ended.", ["outcome"], registry=registry
        )
        self._seconds = Histogram(
            "sow_qwen3_request_seconds", "Time of the requests that were answered.", buckets=_SECONDS, registry=registry
        )
        self._audio = Counter("sow_qwen3_audio_seconds", "Sound in the requests that were answered.", registry=registry)
        self._batch_clips = Histogram(
            "sow_qwen3_batch_clips", "Clips in a batch.", buckets=(1, 2, 3, 4, 6, 8, 12, 16, 32), registry=registry
        )
        self._batch_padding = Histogram(
            "sow_qwen3_batch_padded_share",
            "The part of a batch that is padding.",
            buckets=(0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5),
            registry=registry,
        )
        self._batch_seconds = Histogram(
            "sow_qwen3_batch_seconds", "Time of a batch in the model.", buckets=_SECONDS, registry=registry
        )
        self._batch_audio = Counter(
            "sow_qwen3_model_audio_seconds", "Sound that the model has heard.", registry=registry
        )
        self._open = Gauge("sow_qwen3_requests_open", "Requests that are being answered.", registry=registry)
        self._waiting = Gauge("sow_qwen3_clips_waiting", "Clips that wait for the model.", registry=registry)
        self._waiting_audio = Gauge("sow_qwen3_waiting_seconds", "Sound in waiting clips.", registry=registry)
        self._loaded = Gauge("sow_qwen3_model_loaded", "1 while the model is in memory.", registry=registry)

    def request_ended(self, outcome: str) -> None:
        """Count a request; `outcome` is `answered`, `cancelled`, or the code of its problem."""
        self._requests.labels(outcome).inc()

    def request_answered(self, seconds: float, audio_seconds: float) -> None:
        """Note how long an answered request took, and the sound in it."""
        self._seconds.observe(seconds)
        self._audio.inc(audio_seconds)

    def batch_answered(self, clips: int, padded_share: float, seconds: float, audio_seconds: float) -> None:
        """Note a batch."""
        self._batch_clips.observe(clips)
        self._batch_padding.observe(padded_share)
        self._batch_seconds.observe(seconds)
        self._batch_audio.inc(audio_seconds)

    def exposition(self, *, requests: int, clips: int, seconds: float, loaded: bool) -> bytes:
        """Everything in Prometheus' text format; the arguments are how it is at this moment."""
        self._open.set(requests)
        self._waiting.set(clips)
        self._waiting_audio.set(seconds)
        self._loaded.set(loaded)
        return generate_latest(self._registry)
