"""The whole analysis: sound in, one document out.

    Sound (blocks of samples, any rate, one channel or two)
      → loudness, as it is
      → mono at 16 kHz → waveform, voice, onsets, chroma     each listens block by block and keeps its features only
      → onsets and harmony → tempo, beats, bars;  chroma → key

So a song takes seconds, and an hour of sound little more memory than a minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from music_analysis.chroma import ChromaListener
from music_analysis.document import MusicAnalysis
from music_analysis.errors import SoundError
from music_analysis.frames import Downmix, Samples, blocks_of
from music_analysis.harmony import Harmony
from music_analysis.key import find_key
from music_analysis.loudness import LoudnessMeter
from music_analysis.onsets import OnsetListener
from music_analysis.rhythm import find_rhythm
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
) -> MusicAnalysis:
    """Analyse a decoded song.

    Args:
        samples: shape (n,) for mono or (channels, n) with one channel or two; full scale is ±1.
        sample_rate: of them, in Hz. Loudness needs the recording's own rate; all else is satisfied by 16 kHz.
        vocals: the separated voice, likewise, if there is one.
        vocals_sample_rate: of the voice; that of the song if not given.
        voice_detector: finds the voice in the mix, if no separated one is given.

    Raises:
        SoundError: the samples are not of such a shape, not finite, or at a rate outside 8 to 192 kHz.
    """
    return analyse_blocks(
        blocks_of(_checked_whole(samples), sample_rate),
        sample_rate,
        vocals=None if vocals is None else blocks_of(_checked_whole(vocals), vocals_sample_rate or sample_rate),
        vocals_sample_rate=vocals_sample_rate,
        voice_detector=voice_detector,
    )


def analyse_blocks(
    blocks: Iterable[Samples],
    sample_rate: int,
    *,
    vocals: Iterable[Samples] | None = None,
    vocals_sample_rate: int | None = None,
    voice_detector: VoiceDetector | None = None,
) -> MusicAnalysis:
    """Analyse a song that is decoded on the way: blocks of shape (channels, n), all of one number of channels.

    Otherwise as `analyse`. Blocks of 10 to 60 s are best; none is kept.
    """
    _check_rate(sample_rate)
    onsets, chroma, waveform = OnsetListener(), ChromaListener(), WaveformListener()
    mono = [onsets.push, chroma.push, waveform.push]
    if vocals is None and voice_detector is not None:
        mono.append(voice_detector.push)
    downmix = Downmix(sample_rate)
    meter: LoudnessMeter | None = None
    count = 0
    for block in _checked(blocks):
        meter = meter or LoudnessMeter(sample_rate, block.shape[0])
        meter.push(block)
        count += block.shape[1]
        part = downmix.push(block)
        for listen in mono:
            listen(part)
    part = downmix.rest()
    for listen in mono:
        listen(part)
    duration = count / sample_rate
    voice = voice_detector if vocals is None else _separated(vocals, vocals_sample_rate or sample_rate)
    harmonies = chroma.finish()
    rhythm = find_rhythm(onsets.finish(), Harmony.of(harmonies))
    return MusicAnalysis(
        duration_seconds=round(duration, 3),
        loudness=(meter or LoudnessMeter(sample_rate, 1)).finish(),
        waveform=waveform.finish(),
        tempo=rhythm.tempo,
        beats=rhythm.beats,
        time_signature=rhythm.time_signature,
        key=find_key(harmonies),
        vocal_activity=activity(voice.name, voice.finish(), duration) if voice else None,
    )


def _separated(vocals: Iterable[Samples], sample_rate: int) -> SeparatedVoice:
    _check_rate(sample_rate)
    voice, downmix = SeparatedVoice(), Downmix(sample_rate)
    for block in _checked(vocals):
        voice.push(downmix.push(block))
    voice.push(downmix.rest())
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
        if not np.isfinite(block).all():
            raise SoundError("The samples hold NaN or infinite values; clean them (numpy.nan_to_num) and try again.")
        yield block.astype(np.float32, copy=False)
