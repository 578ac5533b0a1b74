"""Decoding: every file here is made on the spot."""

from __future__ import annotations

import hashlib
import os
import struct
import wave
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from song_audio.errors import AudioNotFoundError, AudioSilentError, AudioTooLongError, AudioUnreadableError, CodedError
from song_audio.recording import SAMPLE_RATE, decode, load_recording, stream

CLICKS = (0.5, 1.25, 2.0)
Sound = NDArray[np.float32]


def clicks(rate: int, seconds: float = 2.5, channels: int = 1) -> Sound:
    """Silence with a short burst at each of CLICKS; shape (channels, n)."""
    sound = np.zeros((channels, round(seconds * rate)), np.float32)
    burst = 0.8 * np.sin(2 * np.pi * 1000 * np.arange(round(0.004 * rate)) / rate)
    for time in CLICKS:
        start = round(time * rate)
        sound[:, start : start + burst.size] = burst
    return sound


def tone(rate: int, seconds: float, amplitude: float = 0.5, channels: int = 1) -> Sound:
    wave_form = amplitude * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)
    return np.tile(wave_form.astype(np.float32), (channels, 1))


def heard_clicks(samples: Sound, rate: int = SAMPLE_RATE) -> list[float]:
    """Where the bursts start, in seconds: the first loud sample after each quiet stretch."""
    loud = np.flatnonzero(np.abs(samples) > 0.25 * np.abs(samples).max())
    starts = loud[np.concatenate([[True], np.diff(loud) > 0.2 * rate])]
    return [float(start) / rate for start in starts]


def encode(
    path: Path,
    codec: str,
    sound: Sound,
    rate: int,
    *,
    options: dict[str, str] | None = None,
    offset: float = 0.0,
    drop: Callable[[float], bool] = lambda _: False,
    picture: bool = False,
) -> Path:
    """Write `sound`, `offset` s after the start of the clock, without the packets at times that `drop` names."""
    layout = "mono" if sound.shape[0] == 1 else "stereo"
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=25) if picture else None
        target = container.add_stream(codec, rate=rate, layout=layout, options=options or {})
        if video is not None:
            video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
            for index in range(round((offset + sound.shape[1] / rate) * 25)):
                frame = av.VideoFrame.from_ndarray(np.zeros((72, 64), np.uint8), format="yuv420p")
                frame.pts = index
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
        source = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), format="fltp", layout=layout)
        source.sample_rate, source.time_base, source.pts = rate, Fraction(1, rate), 0
        context = target.codec_context
        resampler = av.AudioResampler(context.format, layout, rate, frame_size=context.frame_size or 1024)
        for frame in [*resampler.resample(source), *resampler.resample(None), None]:
            if frame is not None:
                frame.pts = (frame.pts or 0) + round(offset * rate)
            for packet in target.encode(frame):
                if not drop(float(packet.pts * packet.time_base)):
                    container.mux(packet)
    return path


def write_wav(path: Path, values: NDArray[np.generic], rate: int, *, width: int) -> Path:
    """Write integers of shape (n, channels), `width` bytes each."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(values.shape[1])
        file.setsampwidth(width)
        file.setframerate(rate)
        if width == 3:
            wide = values.astype("<i4").reshape(-1, 1).view(np.uint8).reshape(-1, 4)
            file.writeframes(wide[:, :3].tobytes())
        else:
            file.writeframes(values.tobytes())
    return path


def write_float_wav(path: Path, sound: Sound, rate: int = SAMPLE_RATE) -> Path:
    data = np.ascontiguousarray(sound.T, "<f4").tobytes()
    channels = sound.shape[0]
    form = struct.pack("<HHIIHH", 3, channels, rate, rate * channels * 4, channels * 4, 32)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


class TestTimeZero:
    @pytest.mark.parametrize(
        ("name", "codec", "rate"),
        [
            ("song.mp3", "libmp3lame", 44_100),
            ("song.ogg", "vorbis", 44_100),
            ("song.opus", "libopus", 48_000),
            ("song.webm", "libopus", 48_000),
            ("song.m4a", "aac", 44_100),
            ("song.mka", "aac", 48_000),
            ("song.flac", "flac", 44_100),
            ("song.wav", "pcm_s16le", 44_100),
        ],
    )
    def test_a_click_is_heard_where_it_was_put(self, tmp_path: Path, name: str, codec: str, rate: int) -> None:
        experimental = {"strict": "-2"} if codec == "vorbis" else None
        sound = clicks(rate, channels=2 if codec == "vorbis" else 1)
        path = encode(tmp_path / name, codec, sound, rate, options=experimental)
        recording = load_recording(path)
        assert heard_clicks(recording.samples) == pytest.approx(CLICKS, abs=0.015)
        assert recording.duration == pytest.approx(2.5, abs=0.03)
        assert recording.warnings == ()

    def test_sound_that_starts_after_the_picture_keeps_its_place(self, tmp_path: Path) -> None:
        path = encode(tmp_path / "late.mkv", "aac", clicks(44_100), 44_100, offset=0.7, picture=True)
        late = [time + 0.7 for time in CLICKS]
        assert heard_clicks(load_recording(path).samples) == pytest.approx(late, abs=0.03)

    def test_a_stream_whose_clock_starts_late_starts_at_zero(self, tmp_path: Path) -> None:
        path = encode(tmp_path / "late.mka", "flac", clicks(44_100), 44_100, offset=5.0)
        assert heard_clicks(load_recording(path).samples) == pytest.approx(CLICKS, abs=0.015)

    def test_lost_packets_become_silence(self, tmp_path: Path) -> None:
        path = encode(tmp_path / "lost.mka", "flac", clicks(44_100), 44_100, drop=lambda time: 0.7 < time < 1.6)
        recording = load_recording(path)
        assert heard_clicks(recording.samples) == pytest.approx([0.5, 2.0], abs=0.015)
        assert "missing" in recording.warnings[0]


class TestSources:
    @pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 48_000, 96_000, 192_000])
    def test_any_sample_rate(self, tmp_path: Path, rate: int) -> None:
        values = (clicks(rate).T * 32767).astype("<i2")
        recording = load_recording(write_wav(tmp_path / "song.wav", values, rate, width=2))
        assert heard_clicks(recording.samples) == pytest.approx(CLICKS, abs=0.005)
        assert recording.duration == pytest.approx(2.5, abs=0.001)

    @pytest.mark.parametrize(("width", "scale"), [(1, 127), (2, 2**15 - 1), (3, 2**23 - 1), (4, 2**31 - 256)])
    @pytest.mark.parametrize("channels", [1, 2, 3, 6, 12])
    def test_any_word_length_and_channel_count_at_the_same_level(
        self, tmp_path: Path, width: int, scale: int, channels: int
    ) -> None:
        values = np.rint(tone(44_100, 0.5, 0.5, channels).T * scale)
        dtype = {1: "u1", 2: "<i2", 3: "<i4", 4: "<i4"}[width]
        stored = (values + 128 if width == 1 else values).astype(dtype)
        samples = load_recording(write_wav(tmp_path / "song.wav", stored, 44_100, width=width)).samples
        assert np.abs(samples[2000:-2000]).max() == pytest.approx(0.5, abs=0.02)

    def test_float_and_integer_stereo_mix_to_the_same_level(self, tmp_path: Path) -> None:
        sound = tone(44_100, 0.5, 0.9, channels=2)
        floats = load_recording(write_float_wav(tmp_path / "float.wav", sound, 44_100)).samples
        integers = load_recording(
            write_wav(tmp_path / "int.wav", (sound.T * 32767).astype("<i2"), 44_100, width=2)
        ).samples
        assert np.allclose(floats, integers, atol=0.001)

    def test_sound_beyond_full_scale_is_scaled_down(self, tmp_path: Path) -> None:
        path = write_float_wav(tmp_path / "hot.wav", tone(SAMPLE_RATE, 0.5, 1000.0))
        assert np.abs(load_recording(path).samples).max() == pytest.approx(1.0)

    def test_a_video_gives_its_sound(self, tmp_path: Path) -> None:
        path = encode(tmp_path / "clip.mp4", "aac", clicks(44_100), 44_100, picture=True)
        assert heard_clicks(load_recording(path).samples) == pytest.approx(CLICKS, abs=0.015)

    def test_an_attached_picture_is_ignored(self, tmp_path: Path) -> None:
        sound = encode(tmp_path / "plain.mp3", "libmp3lame", clicks(44_100), 44_100).read_bytes()
        with av.open(str(tmp_path / "cover.png"), "w") as container:
            video = container.add_stream("png", rate=1)
            video.width, video.height, video.pix_fmt = 16, 16, "rgb24"
            container.mux(video.encode(av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), format="rgb24")))
        picture = b"\0image/png\0\x03\0" + (tmp_path / "cover.png").read_bytes()
        frame = b"APIC" + struct.pack(">IH", len(picture), 0) + picture
        size = bytes((len(frame) >> shift) & 0x7F for shift in (21, 14, 7, 0))
        path = tmp_path / "covered.mp3"
        path.write_bytes(b"ID3\x03\0\0" + size + frame + sound[_id3_length(sound) :])
        with av.open(str(path)) as container:
            assert len(container.streams.video) == 1
        assert heard_clicks(load_recording(path).samples) == pytest.approx(CLICKS, abs=0.015)

    def test_the_first_stream_that_decodes_is_used(self, tmp_path: Path) -> None:
        path = tmp_path / "two.mka"
        with av.open(str(path), "w") as container:
            broken = container.add_stream("libmp3lame", rate=44_100, layout="mono")
            sound = container.add_stream("pcm_s16le", rate=SAMPLE_RATE, layout="mono")
            broken.codec_context.open()
            for index in range(20):
                packet = av.Packet(b"\0" * 300)
                packet.stream, packet.time_base, packet.pts, packet.dts = broken, Fraction(1, 44_100), index, index
                container.mux(packet)
            frame = av.AudioFrame.from_ndarray((tone(SAMPLE_RATE, 1.0) * 32767).astype(np.int16), "s16", "mono")
            frame.sample_rate, frame.pts = SAMPLE_RATE, 0
            container.mux([*sound.encode(frame), *sound.encode(None)])
        assert load_recording(path).duration == pytest.approx(1.0, abs=0.01)

    def test_a_chained_file_may_change_its_sample_rate(self, tmp_path: Path) -> None:
        parts = [
            encode(tmp_path / f"{rate}.ogg", "flac", tone(rate, 1.0), rate, options={}).read_bytes()
            for rate in (44_100, 22_050)
        ]
        path = tmp_path / "chained.ogg"
        path.write_bytes(b"".join(parts))
        assert load_recording(path).duration == pytest.approx(2.0, abs=0.05)

    def test_a_recording_carries_the_digest_of_its_bytes(self, tmp_path: Path) -> None:
        path = write_float_wav(tmp_path / "song.wav", tone(SAMPLE_RATE, 0.5))
        recording = load_recording(path)
        assert recording.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert recording.samples.dtype == np.float32
        assert recording.samples.shape == (8000,)
        assert recording.sample_rate == SAMPLE_RATE


def _id3_length(sound: bytes) -> int:
    if sound[:3] != b"ID3":
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(sound[6:10], (21, 14, 7, 0), strict=True))


class TestDamage:
    @pytest.mark.parametrize(("name", "codec"), [("a.flac", "flac"), ("a.wav", "pcm_s16le"), ("a.mp3", "libmp3lame")])
    def test_a_truncated_file_gives_what_is_there_and_says_so(self, tmp_path: Path, name: str, codec: str) -> None:
        rng = np.random.default_rng(1)
        noise = (0.3 * rng.standard_normal((1, 44_100 * 6))).astype(np.float32)
        path = encode(tmp_path / name, codec, noise, 44_100)
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2])
        recording = load_recording(path)
        assert recording.duration == pytest.approx(3.0, abs=0.2)
        assert any("cut off" in warning for warning in recording.warnings)

    def test_damaged_packets_are_skipped_and_the_rest_keeps_its_place(self, tmp_path: Path) -> None:
        path = encode(tmp_path / "song.m4a", "aac", clicks(44_100, 4.0), 44_100, options={"b": "256k"})
        data = bytearray(path.read_bytes())
        start = data.index(b"mdat") + 4
        with av.open(str(path)) as container:
            packets = [packet for packet in container.demux(audio=0) if packet.size]
            damaged = [packet for packet in packets if 0.8 < float(packet.pts * packet.time_base) < 1.6]
        assert damaged
        for packet in damaged:
            data[packet.pos : packet.pos + packet.size] = b"\xff" * packet.size
        assert start < damaged[0].pos
        path.write_bytes(data)
        recording = load_recording(path)
        heard = heard_clicks(recording.samples)
        assert heard[0] == pytest.approx(0.5, abs=0.015)
        assert heard[-1] == pytest.approx(2.0, abs=0.015)
        assert any("damaged" in warning for warning in recording.warnings)

    @pytest.mark.parametrize(
        ("name", "codec"), [("a.mp3", "libmp3lame"), ("a.m4a", "aac"), ("a.ogg", "libopus"), ("a.ts", "aac")]
    )
    def test_random_damage_ends_in_a_recording_or_in_an_error_of_ours(
        self, tmp_path: Path, name: str, codec: str
    ) -> None:
        whole = encode(tmp_path / name, codec, tone(48_000, 2.0), 48_000).read_bytes()
        rng = np.random.default_rng(7)
        outcomes: set[str] = set()
        for _ in range(30):
            data = np.frombuffer(whole, np.uint8).copy()
            where = rng.integers(0, rng.choice([200, data.size]), size=rng.integers(1, 100))
            data[where] = rng.integers(0, 256, size=where.size)
            (tmp_path / name).write_bytes(data[: rng.integers(data.size // 2, data.size)].tobytes())
            try:
                recording = load_recording(tmp_path / name)
            except CodedError as error:
                outcomes.add(error.code)
            else:
                assert np.isfinite(recording.samples).all()
                outcomes.add("decoded")
        assert outcomes <= {"decoded", "audio_unreadable", "audio_silent", "audio_too_long"}

    def test_a_variable_rate_mp3_without_its_header_is_decoded_whole(self, tmp_path: Path) -> None:
        quiet_then_loud = np.concatenate([tone(44_100, 3.0, 0.01), clicks(44_100)], axis=1)
        path = encode(tmp_path / "song.mp3", "libmp3lame", quiet_then_loud, 44_100, options={"q": "2", "b": "0"})
        path.write_bytes(path.read_bytes().replace(b"Xing", b"\0\0\0\0").replace(b"Info", b"\0\0\0\0"))
        recording = load_recording(path)
        assert recording.duration == pytest.approx(5.5, abs=0.2)
        assert not any("cut off" in warning for warning in recording.warnings)

    def test_a_variable_rate_mp3_with_a_wrong_header_is_decoded_whole(self, tmp_path: Path) -> None:
        path = encode(tmp_path / "song.mp3", "libmp3lame", clicks(44_100), 44_100)
        data = bytearray(path.read_bytes())
        mark = max(data.find(b"Xing"), data.find(b"Info"))
        data[mark + 8 : mark + 12] = struct.pack(">I", 10_000_000)
        path.write_bytes(data)
        recording = load_recording(path)
        assert heard_clicks(recording.samples) == pytest.approx(CLICKS, abs=0.03)
        assert any("header is wrong" in warning for warning in recording.warnings)

    def test_not_a_number_becomes_silence(self, tmp_path: Path) -> None:
        sound = tone(SAMPLE_RATE, 1.0)
        sound[:, 4000:4100] = np.nan
        sound[:, 6000:6100] = np.inf
        samples = load_recording(write_float_wav(tmp_path / "nan.wav", sound)).samples
        assert np.isfinite(samples).all()
        assert np.abs(samples).max() == pytest.approx(0.5, abs=0.01)


class TestLimits:
    @pytest.fixture
    def bomb(self, tmp_path: Path) -> Path:
        """Ten minutes of silence in 110 kilobytes."""
        return encode(tmp_path / "bomb.flac", "flac", np.zeros((1, 8_000 * 600), np.float32), 8_000)

    def test_a_file_that_says_it_is_too_long_is_refused_unread(self, bomb: Path) -> None:
        with pytest.raises(AudioTooLongError, match=r"bomb\.flac is longer than 1 minutes"):
            next(stream(bomb, sample_rate=8_000, channels=1, block_seconds=1, max_seconds=60))

    def test_a_file_that_hides_its_length_is_stopped_at_the_limit(self, bomb: Path) -> None:
        data = bytearray(bomb.read_bytes())
        data[21] &= 0xF0  # STREAMINFO's count of samples: 36 bits from the middle of byte 21
        data[22:26] = bytes(4)
        bomb.write_bytes(data)
        assert len(data) < 150_000
        blocks: list[Sound] = []
        with pytest.raises(AudioTooLongError):
            blocks.extend(stream(bomb, sample_rate=8_000, channels=1, block_seconds=1, max_seconds=60))
        assert 58 <= len(blocks) <= 60

    def test_a_file_within_the_limit_is_not_refused(self, bomb: Path) -> None:
        assert decode(bomb, sample_rate=8_000, channels=1, max_seconds=600).shape == (1, 4_800_000)

    @pytest.mark.parametrize("sound", [np.zeros((1, 16_000)), np.full((1, 16_000), np.nan), tone(16_000, 1.0, 0.0005)])
    def test_silence_is_refused(self, tmp_path: Path, sound: Sound) -> None:
        with pytest.raises(AudioSilentError, match="is silent"):
            load_recording(write_float_wav(tmp_path / "quiet.wav", sound))

    def test_a_blip_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(AudioSilentError, match=r"lasts 0\.20 s: too short"):
            load_recording(write_float_wav(tmp_path / "blip.wav", tone(SAMPLE_RATE, 0.2)))


class TestRefusals:
    def test_no_such_file(self, tmp_path: Path) -> None:
        with pytest.raises(AudioNotFoundError, match=r"There is no file .*nothing\.mp3"):
            load_recording(tmp_path / "nothing.mp3")

    @pytest.mark.parametrize("name", ["a\0b.mp3", "a" * 300])
    def test_a_name_that_cannot_be(self, name: str) -> None:
        with pytest.raises(AudioNotFoundError, match="cannot be read"):
            load_recording(name)

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
    def test_a_file_that_may_not_be_read(self, tmp_path: Path) -> None:
        path = write_float_wav(tmp_path / "secret.wav", tone(SAMPLE_RATE, 1.0))
        path.chmod(0)
        with pytest.raises(AudioNotFoundError, match="cannot be read"):
            load_recording(path)

    def test_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(AudioUnreadableError, match="is a folder"):
            load_recording(tmp_path)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with a name")
    def test_a_pipe_is_refused_without_waiting_for_it(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.mp3")
        with pytest.raises(AudioUnreadableError, match="not an ordinary file"):
            load_recording(tmp_path / "pipe.mp3")

    @pytest.mark.parametrize(
        ("name", "content", "reason"),
        [
            ("empty.mp3", b"", "is empty"),
            ("lyrics.txt", "Amazing grace, 奇异恩典\n".encode() * 400, "is a text file"),
            ("noise.mp3", bytes(range(256)) * 40, "is not a recording that can be decoded"),
            ("short.wav", b"RIFF", "is a text file"),
        ],
    )
    def test_what_is_not_sound(self, tmp_path: Path, name: str, content: bytes, reason: str) -> None:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(AudioUnreadableError, match=reason):
            load_recording(tmp_path / name)

    def test_a_picture_has_no_sound(self, tmp_path: Path) -> None:
        with av.open(str(tmp_path / "mute.mkv"), "w") as container:
            video = container.add_stream("mpeg4", rate=25)
            video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
            container.mux(video.encode(av.VideoFrame.from_ndarray(np.zeros((72, 64), np.uint8), format="yuv420p")))
            container.mux(video.encode(None))
        with pytest.raises(AudioUnreadableError, match="has no sound in it"):
            load_recording(tmp_path / "mute.mkv")


class TestDisguises:
    """Files that would make a careless decoder open other files or sockets."""

    @pytest.fixture
    def secret(self, tmp_path: Path) -> Path:
        return write_float_wav(tmp_path / "secret.wav", tone(SAMPLE_RATE, 1.0))

    def test_a_concat_script_named_mp3(self, secret: Path) -> None:
        script = secret.with_name("song.mp3")
        script.write_text(f"ffconcat version 1.0\nfile {secret.name}\n")
        with av.open(str(script)) as container:  # it does work on a careless decoder
            assert container.format.name == "concat"
        with pytest.raises(AudioUnreadableError, match="is a playlist or a script"):
            load_recording(script)

    def test_an_hls_playlist_named_mp3(self, secret: Path) -> None:
        playlist = secret.with_name("song.mp3")
        playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:1.0,\n{secret.name}\n#EXT-X-ENDLIST\n")
        with pytest.raises(AudioUnreadableError, match="is a playlist or a script"):
            load_recording(playlist)

    @pytest.mark.parametrize(
        "text",
        [
            "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
            '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period></Period></MPD>\n',
            "[playlist]\nFile1=secret.wav\n",
        ],
        ids=["sdp", "dash", "pls"],
    )
    def test_other_descriptions_of_streams_named_mp3(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "song.mp3").write_text(text)
        with pytest.raises(AudioUnreadableError, match="is a playlist or a script"):
            load_recording(tmp_path / "song.mp3")

    @pytest.mark.parametrize("name", ["http:evil.mp3", "concat:a|b.wav", "song%03d.wav", "-i.wav", "file:x.wav"])
    def test_a_name_is_only_a_name(self, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        write_float_wav(Path(name), tone(SAMPLE_RATE, 1.0))
        assert load_recording(name).duration == pytest.approx(1.0)


class TestStream:
    def test_blocks_have_one_length_and_join_to_the_whole(self, tmp_path: Path) -> None:
        left, right = tone(44_100, 2.3, 0.5), tone(44_100, 2.3, 0.25)
        path = write_float_wav(tmp_path / "song.wav", np.concatenate([left, right]), 44_100)
        blocks = list(stream(path, sample_rate=44_100, channels=2, block_seconds=1.0))
        assert [block.shape for block in blocks] == [(2, 44_100), (2, 44_100), (2, 13_230)]
        whole = decode(path, sample_rate=44_100, channels=2)
        assert np.array_equal(np.concatenate(blocks, axis=1), whole)
        assert np.allclose(whole, np.concatenate([left, right]), atol=1e-6)

    def test_mono_becomes_two_equal_channels(self, tmp_path: Path) -> None:
        sound = tone(44_100, 0.5)
        left, right = decode(write_float_wav(tmp_path / "song.wav", sound, 44_100), sample_rate=44_100, channels=2)
        assert np.array_equal(left, right)
        assert np.allclose(left, sound, atol=1e-6)

    def test_progress_rises_to_one(self, tmp_path: Path) -> None:
        path = write_float_wav(tmp_path / "song.wav", tone(44_100, 20.0), 44_100)
        shares: list[float] = []
        load_recording(path, progress=shares.append)
        assert shares == sorted(shares)
        assert len(shares) > 5
        assert shares[-1] == 1.0

    def test_more_than_two_channels_are_not_given(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="channels"):
            next(stream(tmp_path / "song.wav", sample_rate=44_100, channels=6))
