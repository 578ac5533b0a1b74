"""What is known of the words that are sung: heard by Whisper, here or elsewhere, and written down in captions.

Captions come last, for what was heard in the recording itself is their measure: they are of a video, which may be
another performance. Those that fit tell the order, and get the times of what was heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from lyric_timing.heard import Heard
from song_audio.recording import Recording
from sow_analysis.caches.keys import TranscriptionKey
from sow_analysis.captions import Fitted, Verdict, YouTubeCaptions, fit_captions, lend_times, unchecked
from sow_analysis.chain import AnswerRejectedError, Chain, Remark
from sow_analysis.engines.api_transcription import ApiTranscription
from sow_analysis.engines.protocols import Samples, Span
from sow_analysis.engines.whisper import PIECE_SECONDS, WhisperEvidence
from sow_analysis.engines.whisper_model import WhisperLoader
from sow_analysis.lrc import LrcOptions, Progress, Stage
from sow_analysis.memory import Memory, ear_version
from sow_analysis.openai_api import ApiSetup
from sow_analysis.reach import CaptionSource, Reach
from sow_analysis.separation import MODEL
from sow_analysis.singing import Voice

SEPARATING, _HEARING = 0.4, 0.6
"""Shares of the time that listening takes."""


@dataclass(frozen=True, eq=False)
class Listening:
    """One recording, and who may listen to it."""

    recording: Recording
    vocals: Samples | None
    voice: Voice
    language: str | None
    whisper: WhisperLoader
    options: LrcOptions
    reach: Reach
    memory: Memory | None
    chain: Chain
    progress: Progress

    def evidence(self) -> tuple[Heard, ...]:
        """What everybody has to tell who may, and can; by nobody, nothing."""
        ears: list[Heard] = []
        heard = self.chain.turn("hear", WhisperEvidence.name, self._by_whisper)
        if heard is not None:
            ears.append(heard)
        elsewhere = self._elsewhere(wanted=heard is None)
        if elsewhere is not None:
            ears.append(elsewhere)
        captions = self._captions(ears)
        return (*ears, captions) if captions is not None else tuple(ears)

    def _by_whisper(self) -> Heard:
        pieces = self._pieces
        key = self._key(self.whisper.name, pieces)
        if (known := self._recalled(key)) is not None:
            return known
        self.whisper.download(lambda here, total: self.progress(Stage.MODELS, here / max(total, 1)))
        heard = WhisperEvidence(self.whisper).hear(self._sound, pieces, self.language, self._share)
        self._keep(key, heard)
        return heard

    def _elsewhere(self, *, wanted: bool) -> Heard | None:
        """By a server, where nothing was heard here, or where it is asked for by name."""
        name, setup = ApiTranscription.name, self.reach.transcription
        if setup is None:
            if self.chain.names(name) and self.chain.allows(name):
                reason = "No transcription server is set up; docs/settings.md says how to name one."
                self.chain.absent("hear", name, reason)
            return None
        if not wanted and not self.chain.names(name):
            return None
        engine = _transcription(setup)
        return self.chain.turn("hear", name, lambda: self._by_server(engine, setup), lambda _: _missed(engine))

    def _by_server(self, engine: ApiTranscription, setup: ApiSetup) -> Heard:
        pieces = self._pieces
        key = self._key(f"{engine.name} {setup.model}", pieces)
        engine.missed = 0
        if (known := self._recalled(key)) is not None:
            return known
        heard = engine.hear(self._sound, pieces, self.language, self._share)
        if not engine.missed:
            self._keep(key, heard)
        return heard

    def _captions(self, ears: Sequence[Heard]) -> Heard | None:
        options, chain, name = self.options, self.chain, YouTubeCaptions.name
        source, url = self.reach.captions, options.youtube_url
        if not options.use_captions or options.force_whisper or not chain.allows(name):
            return None
        if url is None:
            if chain.names(name):
                chain.absent("hear", name, "There is no address of a video, so there are no captions.")
            return None
        if source is None:
            chain.absent(
                "hear", name, "Captions are switched off here; SOW_ANALYSIS_YOUTUBE_CAPTIONS switches them on."
            )
            return None
        ear = next((heard for heard in ears if heard.tokens), None)
        fitted = chain.turn("hear", name, lambda: self._fitted(source, url, ear), _remark)
        if fitted is None or fitted.heard is None:
            return None
        return fitted.heard if ear is None else lend_times(fitted.heard, ear)

    def _fitted(self, source: CaptionSource, url: str, ear: Heard | None) -> Fitted:
        duration = self.recording.duration
        captions = source.hear(url, self.language or (ear.language if ear else None))
        fitted = unchecked(captions, duration) if ear is None else fit_captions(captions, ear, duration)
        if fitted.heard is None:
            raise AnswerRejectedError(_sentence(fitted.reason))
        return fitted

    @property
    def _pieces(self) -> tuple[Span, ...]:
        return self.voice.pieces(PIECE_SECONDS)

    @property
    def _from_vocals(self) -> bool:
        return self.options.use_vocals_stem and self.vocals is not None

    @property
    def _sound(self) -> Samples:
        return self.vocals if self.options.use_vocals_stem and self.vocals is not None else self.recording.samples

    def _share(self, share: float) -> None:
        self.progress(Stage.HEAR, SEPARATING + _HEARING * share)

    def _key(self, model: str, pieces: Sequence[Span]) -> TranscriptionKey:
        bounds = tuple(round(bound, 3) for piece in pieces for bound in piece)
        stem = f"vocals:{MODEL}" if self._from_vocals else "mix"
        return TranscriptionKey(self.recording.sha256, model, self.language, stem, {"pieces": bounds}, ear_version())

    def _recalled(self, key: TranscriptionKey) -> Heard | None:
        known = self.memory.recall(key) if self.memory is not None else None
        if known is not None:
            self.progress(Stage.HEAR, 1.0)
        return known

    def _keep(self, key: TranscriptionKey, heard: Heard) -> None:
        if self.memory is not None:
            self.memory.keep(key, heard)


@lru_cache(maxsize=4)
def _transcription(setup: ApiSetup) -> ApiTranscription:
    """Stays for the next song of this process: it has learnt which form of request the server understands."""
    return ApiTranscription(setup.client(), setup.model, allowance=setup.allowance)


def _missed(engine: ApiTranscription) -> Remark:
    if not engine.missed:
        return Remark(None)
    return Remark(f"{engine.missed} pieces of the recording were not transcribed.", can_pass=True)


def _remark(fitted: Fitted) -> Remark:
    return Remark(None if fitted.verdict is Verdict.FIT else _sentence(fitted.reason))


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."
