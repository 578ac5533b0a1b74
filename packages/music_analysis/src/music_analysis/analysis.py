"""The whole analysis: sound in, one document out.

    Sound (blocks of samples, any rate, one channel or two)
      → loudness, as it is
      → mono at 16 kHz → waveform, voice, onsets, chroma, timbre   each listens block by block, keeps features only
      → onsets and harmony → tempo, beats, bars;  chroma → key;  bars, chroma, timbre and voice → sections

So a song takes seconds, and an hour of sound little more memory than a minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np

from music_analysis.chroma import ChromaListener
from music_analysis.document import SIGNAL, Loudness, MusicAnalysis
from music_analysis.errors import SoundError
from music_analysis.frames import RATE, Downmix, Samples, blocks_of
from music_analysis.harmony import Harmony
from music_analysis.key import find_key
from music_analysis.loudness import LoudnessMeter
from music_analysis.onsets import OnsetListener
from music_analysis.rhythm import BeatEngine, find_rhythm, rhythm_of
from music_analysis.structure import find_sections
from music_analysis.timbre import TimbreListener
from music_analysis.voice import SeparatedVoice, VoiceDetector, activity
from music_analysis.waveform import WaveformListener

LOWEST_RATE, HIGHEST_RATE = 8_000, 192_000


def analyse(
    samples: Samples,
    sample_rate: int,
    *,
    vocals: Samples | None = None,
    vocals_sample_rate: int | None = None,
    voice_detector: VoiceDetector | None = None,
    beat_engine: BeatEngine | None = None,
) -> MusicAnalysis:
    """Analyse a decoded song.

    Args:
        samples: shape (n,) for mono or (channels, n) with one channel or two; full scale is ±1.
        sample_rate: of them, in Hz. Loudness needs the recording's own rate; all else is satisfied by 16 kHz.
        vocals: the separated voice, likewise, if there is one.
        vocals_sample_rate: of the voice; that of the song if not given.
        voice_detector: finds the voice in the mix, if no separated one is given; used once.
        beat_engine: finds the beats in place of this package's own way; used once.

    Raises:
        SoundError: the samples are not of such a shape, not finite, or at a rate outside 8 to 192 kHz.
    """
    return analyse_blocks(
        blocks_of(_checked_whole(samples), sample_rate),
        sample_rate,
        vocals=None if vocals is None else blocks_of(_checked_whole(vocals), vocals_sample_rate or sample_rate),
        vocals_sample_rate=vocals_sample_rate,
        voice_detector=voice_detector,
        beat_engine=beat_engine,
    )


def analyse_blocks(
    blocks: Iterable[Samples],
    sample_rate: int,
    *,
    vocals: Iterable[Samples] | None = None,
    vocals_sample_rate: int | None = None,
    voice_detector: VoiceDetector | None = None,
    beat_engine: BeatEngine | None = None,
) -> MusicAnalysis:
    """Analyse a song that is decoded on the way: blocks of shape (channels, n), all of one number of channels.

    Otherwise as `analyse`. Blocks of 10 to 60 s are best; none is kept.
    """
    _check_rate(sample_rate)
    onsets, chroma, waveform, timbre = OnsetListener(), ChromaListener(), WaveformListener(), TimbreListener()
    detector = voice_detector if vocals is None else None
    ears = [_Ear(sample_rate, RATE, [onsets, chroma, waveform, timbre, *([detector] if detector else [])])]
    if beat_engine:
        ears.append(_Ear(sample_rate, beat_engine.sample_rate, [beat_engine]))
    meter: LoudnessMeter | None = None
    count = 0
    for block in _checked(blocks):
        meter = meter or LoudnessMeter(sample_rate, block.shape[0])
        meter.push(block)
        for ear in ears:
            ear.push(block)
        count += block.shape[1]
    for ear in ears:
        ear.rest()
    duration = count / sample_rate
    voice = detector if vocals is None else _separated(vocals, vocals_sample_rate or sample_rate)
    harmonies, heard = chroma.finish(), onsets.finish()
    rhythm = rhythm_of(beat_engine.finish()) if beat_engine else find_rhythm(heard, Harmony.of(harmonies))
    key, spans = find_key(harmonies, duration), activity(voice.name, voice.finish(), duration) if voice else None
    # What has no key or no beats is no music that could have sections.
    sections = find_sections(harmonies, timbre.finish(), rhythm.beats, spans, round(duration, 3)) if key else ()
    return MusicAnalysis(
        duration_seconds=round(duration, 3),
        loudness=meter.finish() if meter else Loudness(None, None, None),
        waveform=waveform.finish(),
        tempo=rhythm.tempo,
        beats=rhythm.beats,
        time_signature=rhythm.time_signature,
        key=key,
        vocal_activity=spans,
        beat_engine=beat_engine.name if beat_engine else SIGNAL,
        sections=sections,
    )


class _Listener(Protocol):
    def push(self, samples: Samples) -> None: ...


class _Ear:
    """Mixes blocks down to one rate, for all that listen at it."""

    def __init__(self, sample_rate: int, rate: int, listeners: Sequence[_Listener]) -> None:
        self._downmix = Downmix(sample_rate, rate)
        self._listeners = listeners

    def push(self, block: Samples) -> None:
        self._tell(self._downmix.push(block))

    def rest(self) -> None:
        self._tell(self._downmix.rest())

    def _tell(self, samples: Samples) -> None:
        for listener in self._listeners:
            listener.push(samples)


def _separated(vocals: Iterable[Samples], sample_rate: int) -> SeparatedVoice:
    _check_rate(sample_rate)
    voice = SeparatedVoice()
    ear = _Ear(sample_rate, RATE, [voice])
    for block in _checked(vocals):
        ear.push(block)
    ear.rest()
    return voice


def _check_rate(sample_rate: int) -> None:
    if not LOWEST_RATE <= sample_rate <= HIGHEST_RATE:
        raise SoundError(f"The sample rate is {sample_rate} Hz; give sound at {LOWEST_RATE} to {HIGHEST_RATE} Hz.")


def _checked_whole(samples: Samples) -> Samples:
    if samples.ndim not in (1, 2):
        raise SoundError(f"The samples have shape {samples.shape}; give (n,) for mono or (channels, n).")
    return samples


def _checked(blocks: Iterable[Samples]) -> Iterator[Samples]:
    channels: int | None = None
    for block in blocks:
        if block.ndim != 2 or block.shape[0] not in (1, 2):
            raise SoundError(f"A block has shape {block.shape}; give (channels, n) with one channel or two.")
        if channels is not None and block.shape[0] != channels:
            raise SoundError(f"A block has {block.shape[0]} channels, those before had {channels}; keep to one number.")
        channels = block.shape[0]
        if not np.issubdtype(block.dtype, np.floating):
            raise SoundError(f"The samples are of type {block.dtype}; give floats whose full scale is ±1.")
        if not np.isfinite(block).all():
            raise SoundError("The samples hold NaN or infinite values; clean them (numpy.nan_to_num) and try again.")
        yield block.astype(np.float32, copy=False)
