"""The singing voice alone: with tiny networks of the real layout, made on the spot, and once with the real model."""

from __future__ import annotations

import csv
import getpass
import hashlib
import io
import os
import pickle
import zipfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from song_audio.decoding import stream
from song_audio.recording import SAMPLE_RATE, decode, load_recording
from song_audio.resampling import Resampler
from sow_analysis.errors import EngineUnavailableError, ModelUnavailableError
from sow_analysis.models import CATALOGUE, Folder, Model, ModelFile, ModelState, ModelStore
from sow_analysis.separation import BUILT_IN_STEM_MODELS, MODEL, Separator, separate_stems, separating_alone
from sow_analysis.separation.checkpoint import read_checkpoint
from sow_analysis.separation.conversion import SOURCES
from sow_analysis.separation.htdemucs import SEGMENT, HTDemucs
from sow_analysis.separation.networks import Networks
from sow_analysis.separation.spectrum import FRAME, HOP, OVERLAP, Synthesis, blocks, spectrum_of
from sow_analysis.separation.unet import build_unet

Array = NDArray[np.float32]
Weights = dict[str, Array]
Write = Callable[..., Path]
EXAMPLES = Path(__file__).parents[3] / "examples"


def weights_of(rng: np.random.Generator, scale: float, bias: float = 0.0) -> Weights:
    """A network of two channels in every layer; `bias` is that of the last, whose sigmoid is the mask."""
    weights: Weights = {}

    def add(name: str, *shape: int) -> None:
        weights[name] = rng.normal(0, scale, shape).astype(np.float32)

    def add_normalisation(layer: str, channels: int) -> None:
        for part in ("weight", "bias", "running_mean"):
            add(f"{layer}.{part}", channels)
        weights[f"{layer}.weight"] += 1
        weights[f"{layer}.running_var"] = rng.uniform(0.5, 2, channels).astype(np.float32)

    for level in range(1, 7):
        add(f"down{level}_conv.1.weight", 2, 2, 5, 5)
        add(f"down{level}_conv.1.bias", 2)
        add_normalisation(f"down{level}_act.0", 2)
        outputs = 1 if level == 6 else 2
        add(f"up{level}.0.weight", 2 if level == 1 else 4, outputs, 5, 5)
        add(f"up{level}.0.bias", outputs)
        add_normalisation(f"up{level}.3", outputs)
    add("up7.0.weight", 2, 1, 4, 4)
    add("up7.0.bias", 2)
    weights["up7.0.bias"] += bias
    return weights


def checkpoint(content: object) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("net/data.pkl", pickle.dumps(content, protocol=2))
        archive.writestr("net/version", "3\n")
    return out.getvalue()


def store_of(folder: Path, networks: dict[str, Weights]) -> ModelStore:
    """A store whose model of the real name is made from these weights, by the real conversion."""
    (real,) = (model for model in CATALOGUE if model.name == MODEL)
    place = folder / "place"
    place.mkdir()
    files: list[ModelFile] = []
    for source in SOURCES:
        content = checkpoint(networks[source])
        (place / f"{source}.ckpt").write_bytes(content)
        files.append(ModelFile(f"{source}.ckpt", hashlib.sha256(content).hexdigest(), len(content)))
    model = Model(MODEL, "spleeter", "MIT", "", tuple(files), (Folder(place),), real.conversion)
    store = ModelStore(folder / "models", catalogue=[model], folders=[])
    store.get(MODEL)
    return store


@pytest.fixture(scope="module")
def random_store(tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    """Networks that do something, nobody knows what."""
    rng = np.random.default_rng(1)
    return store_of(tmp_path_factory.mktemp("random"), {source: weights_of(rng, 0.1) for source in SOURCES})


@pytest.fixture(scope="module")
def keeping(tmp_path_factory: pytest.TempPathFactory) -> Separator:
    """Networks that take all sound for voice."""
    rng = np.random.default_rng(2)
    folder = tmp_path_factory.mktemp("keeping")
    return Separator(store_of(folder, {"vocals": weights_of(rng, 0, 40), "accompaniment": weights_of(rng, 0, -40)}))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def encode(sound: Array, rate: int, name: str = "song.wav", codec: str = "pcm_s16le") -> Path:
        """Write sound of shape (channels, n)."""
        path = tmp_path / name
        layout = "mono" if sound.shape[0] == 1 else "stereo"
        with av.open(str(path), "w") as container:
            target = container.add_stream(codec, rate=rate, layout=layout)
            context = target.codec_context
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), format="fltp", layout=layout)
            frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), 0
            resampler = av.AudioResampler(context.format, layout, rate, frame_size=context.frame_size or 1024)
            for piece in [*resampler.resample(frame), *resampler.resample(None), None]:
                container.mux(target.encode(piece))
        return path

    return encode


def bursts(rate: int, seconds: float, channels: int = 2) -> Array:
    """Short tones of many pitches below 6 kHz, at times and levels of their own in each channel."""
    rng = np.random.default_rng(3)
    sound = np.zeros((channels, round(seconds * rate)))
    for channel in sound:
        for centre in np.arange(0.1, seconds, 0.15) + rng.uniform(-0.05, 0.05):
            pitch, level = rng.uniform(100, 6000), rng.uniform(0.1, 0.5)
            around = slice(max(0, round((centre - 0.05) * rate)), round((centre + 0.05) * rate))
            time = np.arange(channel.size)[around] / rate - centre
            channel[around] += level * np.exp(-((time / 0.01) ** 2)) * np.sin(2 * np.pi * pitch * time)
    return sound.astype(np.float32)


def ignore(_share: float) -> None:
    pass


class TestCheckpoint:
    def test_arrays_are_read_by_name(self, tmp_path: Path) -> None:
        weights = weights_of(np.random.default_rng(0), 1)
        weights["turned"] = np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3))
        (tmp_path / "net.ckpt").write_bytes(checkpoint(weights))
        read = read_checkpoint(tmp_path / "net.ckpt")
        assert read.keys() == weights.keys()
        assert all(np.array_equal(read[name], weights[name]) for name in weights)

    def test_a_pickle_that_calls_a_function_is_refused(self, tmp_path: Path) -> None:
        class Trap:
            def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
                return os.mkdir, (str(tmp_path / "sprung"),)

        (tmp_path / "net.ckpt").write_bytes(checkpoint({"weight": Trap()}))
        with pytest.raises(ValueError, match=r"net\.ckpt is not a checkpoint .* asks for (posix|nt)\.mkdir"):
            read_checkpoint(tmp_path / "net.ckpt")
        assert not (tmp_path / "sprung").exists()

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param({"weight": np.zeros(3, np.float64)}, id="float64"),
            pytest.param({"weight": np.zeros(3, ">f4")}, id="big-endian"),
            pytest.param({"weight": np.array([{}], object)}, id="objects"),
            pytest.param({"weight": 3}, id="a number"),
            pytest.param({3: np.zeros(3, np.float32)}, id="no name"),
            pytest.param([np.zeros(3, np.float32)], id="a list"),
        ],
    )
    def test_what_is_not_float32_arrays_by_name_is_refused(self, tmp_path: Path, content: object) -> None:
        (tmp_path / "net.ckpt").write_bytes(checkpoint(content))
        with pytest.raises(ValueError, match=r"net\.ckpt is not a checkpoint of float32 arrays"):
            read_checkpoint(tmp_path / "net.ckpt")

    def test_a_file_that_is_no_archive_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "net.ckpt").write_bytes(b"weights")
        with pytest.raises(ValueError, match=r"net\.ckpt is not a checkpoint"):
            read_checkpoint(tmp_path / "net.ckpt")


class TestUnet:
    def test_it_computes_what_the_paper_draws(self) -> None:
        rng = np.random.default_rng(4)
        weights = weights_of(rng, 0.3)
        mixture = rng.uniform(0, 4, (2, 64, 1024)).astype(np.float32)
        session = onnxruntime.InferenceSession(build_unet(weights), providers=["CPUExecutionProvider"])
        assert np.allclose(session.run(None, {"mixture": mixture[None]})[0][0], unet(weights, mixture), atol=1e-4)

    def test_the_same_weights_give_the_same_bytes(self) -> None:
        weights = weights_of(np.random.default_rng(5), 0.3)
        assert build_unet(weights) == build_unet(weights)

    def test_a_weight_that_is_missing_is_named(self) -> None:
        weights = weights_of(np.random.default_rng(6), 0.3)
        del weights["up3.0.bias"]
        with pytest.raises(KeyError, match=r"up3\.0\.bias"):
            build_unet(weights)


def unet(weights: Weights, mixture: Array) -> Array:
    """The network in plain NumPy, layer by layer as in the paper's own code."""

    def normalise(value: Array, layer: str) -> Array:
        gain, bias, mean, variance = (
            weights[f"{layer}.{part}"][:, None, None] for part in ("weight", "bias", "running_mean", "running_var")
        )
        return (value - mean) / np.sqrt(variance + 1e-3) * gain + bias

    def conv(value: Array, layer: str, stride: int, pad: tuple[int, int], dilation: int = 1) -> Array:
        weight = weights[f"{layer}.weight"]
        padded = np.pad(value, ((0, 0), pad, pad))
        span = dilation * (weight.shape[2] - 1)
        rows, columns = (-(-(size - span) // stride) for size in padded.shape[1:])
        out = np.zeros((weight.shape[0], rows, columns), np.float32)
        for i, j in np.ndindex(weight.shape[2:]):
            part = padded[:, i * dilation :: stride, j * dilation :: stride][:, :rows, :columns]
            out += np.einsum("oc,chw->ohw", weight[:, :, i, j], part)
        return out + weights[f"{layer}.bias"][:, None, None]

    def transposed_conv(value: Array, layer: str) -> Array:
        weight = weights[f"{layer}.weight"]
        rows, columns = value.shape[1:]
        out = np.zeros((weight.shape[1], 2 * rows + 3, 2 * columns + 3), np.float32)
        for i, j in np.ndindex(5, 5):
            out[:, i : i + 2 * rows : 2, j : j + 2 * columns : 2] += np.einsum("co,chw->ohw", weight[:, :, i, j], value)
        return out[:, 1:-2, 1:-2] + weights[f"{layer}.bias"][:, None, None]

    value = mixture
    features: list[Array] = []
    for level in range(1, 7):
        value = conv(value, f"down{level}_conv.1", 2, (1, 2))
        features.append(value)
        value = normalise(value, f"down{level}_act.0")
        value = np.where(value > 0, value, 0.2 * value)
    value = features.pop()
    for level in range(1, 7):
        value = normalise(np.maximum(transposed_conv(value, f"up{level}.0"), 0), f"up{level}.3")
        if features:
            value = np.concatenate((features.pop(), value))
    return mixture / (1 + np.exp(-conv(value, "up7.0", 1, (3, 3), dilation=2)))


class TestSpectrum:
    @given(
        sizes=st.lists(st.integers(1, 9000), min_size=1, max_size=8),
        frames=st.sampled_from([2, 4, 6]),
        seed=st.integers(0, 9),
    )
    @settings(max_examples=40, deadline=None)
    def test_sound_in_any_pieces_comes_back(self, sizes: list[int], frames: int, seed: int) -> None:
        sound = np.random.default_rng(seed).normal(0, 1, (1, sum(sizes))).astype(np.float32)
        synthesis = Synthesis()
        back = [
            synthesis.add(spectrum_of(block)[0]) for block in blocks(pieces(sound, sizes), frames=frames, multiple=2)
        ]
        whole = np.concatenate(back)
        assert np.allclose(whole[OVERLAP:][: sound.shape[1]], sound[0], atol=1e-5)
        assert np.allclose(whole[:OVERLAP], 0, atol=1e-5)

    def test_frames_lie_as_in_the_whole(self) -> None:
        sound = np.random.default_rng(7).normal(0, 1, (2, 30_000)).astype(np.float32)
        (whole,) = blocks([sound], frames=64, multiple=64)
        cut = blocks(pieces(sound, [7_000, 23_000]), frames=4, multiple=2)
        spectra = np.concatenate([spectrum_of(block) for block in cut], axis=1)
        assert np.array_equal(spectra, spectrum_of(whole)[:, : spectra.shape[1]])
        assert spectra.shape[1] * HOP >= 30_000 + OVERLAP


def pieces(sound: Array, sizes: list[int]) -> Iterator[Array]:
    start = 0
    for size in sizes:
        yield sound[:, start : start + size]
        start += size


class TestSeparator:
    @pytest.mark.parametrize(
        ("rate", "channels", "name", "codec"),
        [
            (44_100, 2, "song.wav", "pcm_s16le"),
            (44_100, 1, "song.flac", "flac"),
            (48_000, 2, "song.flac", "flac"),
            (16_000, 1, "song.wav", "pcm_s16le"),
            (44_100, 2, "song.mp3", "libmp3lame"),
            (48_000, 2, "song.ogg", "libopus"),
        ],
    )
    def test_the_voice_is_in_time_and_in_level_with_the_recording(
        self, keeping: Separator, write: Write, rate: int, channels: int, name: str, codec: str
    ) -> None:
        path = write(bursts(rate, 3.0, channels), rate, name, codec)
        recording = load_recording(path)
        voice = keeping.vocals(path, n_samples=recording.samples.size, progress=ignore)
        assert voice.dtype == np.float32
        assert best_lag(voice, recording.samples) == 0
        assert np.abs(voice - recording.samples).max() < 0.01 * np.abs(recording.samples).max()

    def test_the_voice_of_a_mask_is_in_time_too(self, random_store: ModelStore, write: Write) -> None:
        path = write(bursts(48_000, 3.0), 48_000)
        recording = load_recording(path)
        voice = Separator(random_store).vocals(path, n_samples=recording.samples.size, progress=ignore)
        assert best_lag(voice, recording.samples) == 0
        assert np.abs(voice - recording.samples).max() > 0.1 * np.abs(recording.samples).max()

    @pytest.mark.parametrize("fast", [False, True])
    def test_a_long_recording_is_separated_as_in_one_piece(
        self, random_store: ModelStore, write: Write, fast: bool
    ) -> None:
        path = write(bursts(44_100, 13.0), 44_100)
        sound = decode(path, sample_rate=44_100, channels=2)
        expected = separated_in_one_piece(sound, random_store.path(MODEL), fast)
        voice = Separator(random_store, fast=fast).vocals(path, n_samples=expected.size, progress=ignore)
        assert np.abs(expected).max() > 0.05
        assert np.abs(voice - expected).max() < 1e-5

    @pytest.mark.parametrize("seconds", [0.01, 0.3])
    def test_a_very_short_recording_works(self, random_store: ModelStore, write: Write, seconds: float) -> None:
        count = round(seconds * SAMPLE_RATE)
        voice = Separator(random_store).vocals(write(bursts(44_100, seconds), 44_100), n_samples=count, progress=ignore)
        assert voice.shape == (count,)
        assert np.isfinite(voice).all()

    @pytest.mark.parametrize("count", [0, 5_000, 40_000])
    def test_as_many_samples_come_back_as_were_asked_for(self, keeping: Separator, write: Write, count: int) -> None:
        path = write(bursts(44_100, 1.0), 44_100)
        samples = load_recording(path).samples
        voice = keeping.vocals(path, n_samples=count, progress=ignore)
        both = min(count, samples.size)
        assert voice.shape == (count,)
        assert np.abs(voice[:both] - samples[:both]).max(initial=0) < 0.005
        assert not voice[both:].any()

    @pytest.mark.parametrize("level", [6.0, 30_000.0])
    def test_sound_beyond_full_scale_comes_back_at_the_recording_s_level(
        self, keeping: Separator, write: Write, level: float
    ) -> None:
        path = write(level * bursts(44_100, 1.0), 44_100, codec="pcm_f32le")
        samples = load_recording(path).samples
        voice = keeping.vocals(path, n_samples=samples.size, progress=ignore)
        assert np.abs(samples).max() == pytest.approx(1.0)
        assert np.abs(voice - samples).max() < 0.01

    def test_what_is_no_number_does_no_harm(self, random_store: ModelStore, write: Write) -> None:
        sound = bursts(44_100, 1.0)
        sound[0, 10_000:10_004] = np.nan, np.inf, -np.inf, 3e38
        voice = Separator(random_store).vocals(
            write(sound, 44_100, codec="pcm_f32le"), n_samples=SAMPLE_RATE, progress=ignore
        )
        assert np.isfinite(voice).all()

    def test_what_is_too_quiet_to_hear_has_no_voice(self, keeping: Separator, write: Write) -> None:
        sound = 5e-5 * np.sign(bursts(44_100, 1.0))
        voice = keeping.vocals(write(sound, 44_100, codec="pcm_f32le"), n_samples=SAMPLE_RATE, progress=ignore)
        assert not voice.any()

    def test_progress_rises_to_one(self, random_store: ModelStore, write: Write) -> None:
        told: list[float] = []
        path = write(bursts(44_100, 13.0), 44_100)
        Separator(random_store).vocals(path, n_samples=13 * SAMPLE_RATE, progress=told.append)
        assert told == sorted(told)
        assert len(set(told)) > 1
        assert told[0] > 0
        assert told[-1] == 1.0

    def test_it_works_again_after_it_was_unloaded(self, random_store: ModelStore, write: Write) -> None:
        path = write(bursts(44_100, 0.5), 44_100)
        separator = Separator(random_store)
        first = separator.vocals(path, n_samples=8000, progress=ignore)
        separator.unload()
        assert np.array_equal(separator.vocals(path, n_samples=8000, progress=ignore), first)

    def test_it_says_how_to_get_a_model_that_is_not_there(self, tmp_path: Path, write: Write) -> None:
        separator = Separator(ModelStore(tmp_path / "models", folders=[]))
        assert "sow models get spleeter-2stems" in (separator.available() or "")
        with pytest.raises(ModelUnavailableError, match="sow models get spleeter-2stems"):
            separator.vocals(write(bursts(44_100, 0.5), 44_100), n_samples=8000, progress=ignore)

    def test_a_damaged_graph_is_told_of_with_what_to_do(self, tmp_path: Path) -> None:
        (tmp_path / "vocals.onnx").write_bytes(b"no graph")
        with pytest.raises(ModelUnavailableError, match=r"cannot be read \(vocals.onnx: .*sow models verify"):
            Networks(tmp_path, fast=True)

    def test_a_network_that_cannot_be_run_is_no_fault_of_the_program(self, random_store: ModelStore) -> None:
        networks = Networks(random_store.path(MODEL))
        with pytest.raises(RuntimeError, match="could not run the network"):
            networks.vocal_mask(np.zeros((3, 1, 1), np.float32))

    def test_it_is_available_when_the_model_is_there(self, random_store: ModelStore) -> None:
        assert Separator(random_store).available() is None


@pytest.fixture(scope="module")
def stem_stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModelStore]:
    """By model, networks whose stems are far from summing to the mixture, and far beyond full scale where it is loud.

    Those of Spleeter's layout turn the mixture against itself at some frequencies.
    """
    rng = np.random.default_rng(3)
    return {
        MODEL: store_of(tmp_path_factory.mktemp("wild"), {source: weights_of(rng, 1.0) for source in SOURCES}),
        "htdemucs": hybrid_store_of(tmp_path_factory.mktemp("hybrid"), waves=(3.0, -2.5, 0.1, 0.2)),
    }


def heard(path: Path) -> Array:
    return np.hstack(list(stream(path, sample_rate=44_100, channels=2)))


def words(sound: Array) -> Array:
    """Whole numbers, as a file of 16 bits has them."""
    return np.rint(sound * 32_768).clip(-32_768, 32_767)


@pytest.mark.parametrize("model", BUILT_IN_STEM_MODELS)
class TestStemsOfEachModel:
    @pytest.mark.parametrize(
        ("rate", "seconds", "channels"), [(44_100, 3.0, 2), (44_100, 14.3, 1), (8_000, 1.01, 1), (48_000, 0.02, 2)]
    )
    def test_all_stems_together_are_the_recording_sample_by_sample(
        self,
        stem_stores: dict[str, ModelStore],
        write: Write,
        tmp_path: Path,
        model: str,
        rate: int,
        seconds: float,
        channels: int,
    ):
        audio = write(bursts(rate, seconds, channels), rate)
        files = separate_stems(audio, tmp_path, model=model, store=stem_stores[model])
        assert [file.name for file in files] == [f"{name}.flac" for name in BUILT_IN_STEM_MODELS[model]]
        stems, whole = [heard(file) for file in files], heard(audio)
        assert {stem.shape for stem in stems} == {whole.shape}
        assert np.array_equal(sum(words(stem) for stem in stems), words(whole))
        assert seconds < 1 or all(np.any(stem) for stem in stems)

    def test_a_recording_at_full_scale_loses_nothing(
        self, stem_stores: dict[str, ModelStore], write: Write, tmp_path: Path, model: str
    ):
        loud = np.random.default_rng(4).choice(np.array([-1, 1], np.float32), (2, 40_000))
        audio = write(loud, 44_100)
        stems = [heard(file) for file in separate_stems(audio, tmp_path, model=model, store=stem_stores[model])]
        assert min(np.min(stem) for stem in stems) == -1
        assert np.array_equal(sum(words(stem) for stem in stems), words(heard(audio)))

    def test_sound_beyond_full_scale_becomes_softer_as_a_whole(
        self, stem_stores: dict[str, ModelStore], write: Write, tmp_path: Path, model: str
    ):
        sound = 6 * bursts(44_100, 1.0)
        audio = write(sound, 44_100, codec="pcm_f32le")
        stems = [heard(file) for file in separate_stems(audio, tmp_path, model=model, store=stem_stores[model])]
        assert np.array_equal(sum(words(stem) for stem in stems), words(sound / np.abs(sound).max()))

    def test_silence_gives_silent_stems(
        self, stem_stores: dict[str, ModelStore], write: Write, tmp_path: Path, model: str
    ):
        audio = write(np.zeros((2, 44_100), np.float32), 44_100)
        for stem in separate_stems(audio, tmp_path, model=model, store=stem_stores[model]):
            assert not np.any(heard(stem))


class TestStems:
    @pytest.mark.parametrize("share", [0.0, 0.5])
    def test_who_is_stopped_leaves_no_file(self, random_store: ModelStore, write: Write, tmp_path: Path, share: float):
        audio = write(bursts(44_100, 3.0), 44_100)
        folder = tmp_path / "stems"
        folder.mkdir()

        def stop(done: float) -> None:
            if done >= share:
                raise InterruptedError

        with pytest.raises(InterruptedError):
            separate_stems(audio, folder, store=random_store, progress=stop)
        assert list(folder.iterdir()) == []

    def test_progress_rises_to_one(self, random_store: ModelStore, write: Write, tmp_path: Path):
        told: list[float] = []
        separate_stems(write(bursts(44_100, 3.0), 44_100), tmp_path, store=random_store, progress=told.append)
        assert told == sorted(told)
        assert told[-1] == pytest.approx(1.0)

    def test_an_unknown_model_is_refused_by_name(self, write: Write, tmp_path: Path):
        with pytest.raises(EngineUnavailableError, match=r"whisper-base.*spleeter-2stems"):
            separate_stems(write(bursts(8_000, 0.1), 8_000), tmp_path, model="whisper-base")

    def test_one_waits_for_the_other_and_can_be_told_to_stop(self):
        def stop() -> None:
            raise InterruptedError

        with separating_alone(stop), pytest.raises(InterruptedError), separating_alone(stop):
            pass
        with separating_alone(stop):
            pass

    def test_one_whose_user_has_no_name_separates_too(self, monkeypatch: pytest.MonkeyPatch):
        def nameless() -> str:
            raise OSError("No username set in the environment")

        monkeypatch.setattr(getpass, "getuser", nameless)
        with separating_alone(lambda: None):
            pass


def hybrid_store_of(folder: Path, *, waves: tuple[float, float, float, float]) -> ModelStore:
    """A store with a graph of the real shapes, which gives a quarter of the spectrum and so much of the wave."""
    shapes = {"wave": [1, 2, SEGMENT], "spectrum": [1, 4, 2048, 336]}
    results = {"spectra": [1, 4, 4, 2048, 336], "waves": [1, 4, 2, SEGMENT]}
    inputs, outputs = (
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in each.items()]
        for each in (shapes, results)
    )
    constants = [
        numpy_helper.from_array(np.array([1]), "axis"),
        numpy_helper.from_array(np.array(results["spectra"]), "spectra_shape"),
        numpy_helper.from_array(np.array(0.25, np.float32), "quarter"),
        numpy_helper.from_array(np.array(waves, np.float32).reshape(1, 4, 1, 1), "wave_shares"),
    ]
    nodes = [
        helper.make_node("Mul", ["spectrum", "quarter"], ["share"]),
        helper.make_node("Unsqueeze", ["share", "axis"], ["each"]),
        helper.make_node("Expand", ["each", "spectra_shape"], ["spectra"]),
        helper.make_node("Unsqueeze", ["wave", "axis"], ["whole"]),
        helper.make_node("Mul", ["whole", "wave_shares"], ["waves"]),
    ]
    graph = helper.make_graph(nodes, "sharing", inputs, outputs, constants)
    opset = [helper.make_opsetid("", 17)]
    content = helper.make_model(graph, ir_version=8, opset_imports=opset).SerializeToString()
    place = folder / "place"
    place.mkdir()
    (place / "htdemucs.onnx").write_bytes(content)
    file = ModelFile("htdemucs.onnx", hashlib.sha256(content).hexdigest(), len(content))
    store = ModelStore(
        folder / "models", catalogue=[Model("htdemucs", "htdemucs", "MIT", "", (file,), (Folder(place),))], folders=[]
    )
    store.get("htdemucs")
    return store


@pytest.fixture(scope="module")
def quartering(tmp_path_factory: pytest.TempPathFactory) -> HTDemucs:
    """Gives a quarter of the sound as each source."""
    return HTDemucs(hybrid_store_of(tmp_path_factory.mktemp("quartering"), waves=(0, 0, 0, 0)).path("htdemucs"))


class TestHTDemucs:
    @pytest.mark.parametrize("samples", [1, 44_100, SEGMENT, SEGMENT + 1, 2 * SEGMENT + 7])
    def test_the_sources_sum_to_the_sound_without_seams(self, quartering: HTDemucs, samples: int):
        sound = bursts(44_100, max(samples / 44_100, 0.2))[:, :samples]
        sources, mixtures = zip(*quartering.separated(pieces(sound, [100_000] * 10)), strict=True)
        joined = np.concatenate(sources, axis=-1)
        assert joined.shape == (4, 2, samples)
        np.testing.assert_allclose(joined.sum(axis=0), sound, atol=1e-4)
        assert np.array_equal(np.concatenate(mixtures, axis=-1), sound)

    def test_of_nothing_comes_nothing(self, quartering: HTDemucs):
        assert list(quartering.separated([])) == []
        ((silence, _),) = quartering.separated([np.zeros((2, 1000), np.float32)])
        assert silence.shape == (4, 2, 1000)
        assert not np.any(silence)

    @pytest.mark.slow
    def test_the_real_model_finds_the_voice(self, tmp_path: Path):
        store = ModelStore()
        store.get("htdemucs")
        audio = EXAMPLES / "morning_light" / "audio.ogg"
        stems = separate_stems(audio, tmp_path, model="htdemucs", store=store)
        assert [stem.stem for stem in stems] == ["drums", "bass", "other", "vocals"]
        sounds = [np.hstack(list(stream(file, sample_rate=44_100, channels=2))) for file in (*stems, audio)]
        *parts, whole = sounds
        assert {sound.shape for sound in sounds} == {whole.shape}
        assert np.abs(sum(parts) - whole).max() < 1e-4
        (intro, verse) = (parts[3][:, first : first + 3 * 44_100] for first in (1 * 44_100, 6 * 44_100))
        assert np.mean(intro**2) < 0.01 * np.mean(verse**2)


def best_lag(one: Array, other: Array) -> int:
    """By how many samples `one` comes after `other`."""
    size = one.size + other.size
    correlation = np.fft.irfft(np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size)), size)
    lag = int(np.argmax(correlation))
    return lag - size if lag > size // 2 else lag


def separated_in_one_piece(sound: Array, folder: Path, fast: bool) -> Array:
    """Spleeter as it is described, with the whole sound in memory."""
    window = np.hanning(FRAME + 1)[:-1]
    count = -(-(sound.shape[1] + OVERLAP) // HOP // 64) * 64
    padded = np.zeros((2, count * HOP + FRAME))
    padded[:, OVERLAP : OVERLAP + sound.shape[1]] = sound
    spectrum = np.stack([np.fft.rfft(padded[:, t * HOP : t * HOP + FRAME] * window) for t in range(count)], axis=1)
    magnitudes = np.abs(spectrum[:, :, :1024]).astype(np.float32)
    mask = np.zeros(spectrum.shape)
    for start in range(0, count, 512):
        mixture = magnitudes[:, start : start + 512]
        voice, rest = (
            onnxruntime.InferenceSession(folder / f"{source}.onnx", providers=["CPUExecutionProvider"]).run(
                None, {"mixture": mixture[None]}
            )[0][0]
            for source in SOURCES
        )
        mask[:, start : start + 512, :1024] = (
            voice / (mixture + 1e-10) if fast else (voice**2 + 5e-11) / (voice**2 + rest**2 + 1e-10)
        )
    out, weight = np.zeros(padded.shape), np.zeros(padded.shape[1])
    for t, frame in enumerate(np.moveaxis(np.fft.irfft(spectrum * mask), 1, 0)):
        out[:, t * HOP : t * HOP + FRAME] += frame * window
        weight[t * HOP : t * HOP + FRAME] += window**2
    voice = (out / np.maximum(weight, 1e-6)).mean(axis=0)[OVERLAP : OVERLAP + sound.shape[1]]
    frame = av.AudioFrame.from_ndarray(voice[None].astype(np.float32), format="fltp", layout="mono")
    frame.sample_rate = 44_100
    resampler = Resampler(SAMPLE_RATE, 1)
    return np.concatenate([*resampler.push(frame), *resampler.flush()], axis=1)[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in EXAMPLES.glob("*/words.csv")), ids=lambda path: path.name
)
def test_the_real_model_finds_the_voice_where_words_are_sung(folder: Path) -> None:
    store = ModelStore()
    if store.status(MODEL).state is not ModelState.PRESENT:
        pytest.skip(f"the model {MODEL} is not on this machine")
    samples = load_recording(folder / "audio.ogg").samples
    voice = Separator(store).vocals(folder / "audio.ogg", n_samples=samples.size, progress=ignore)
    sung = np.zeros(samples.size, bool)
    with (folder / "words.csv").open(encoding="utf-8", newline="") as file:
        for word in csv.DictReader(file):
            sung[
                round((float(word["start"]) - 0.1) * SAMPLE_RATE) : round((float(word["end"]) + 0.1) * SAMPLE_RATE)
            ] = True
    in_words = float((voice[sung] ** 2).sum() / (voice**2).sum())
    in_words_of_the_mix = float((samples[sung] ** 2).sum() / (samples**2).sum())
    assert in_words > 0.9
    assert in_words > in_words_of_the_mix
