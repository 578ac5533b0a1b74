import importlib.util
import io
import threading
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from song_audio.errors import AudioUnreadableError
from stream_of_worship.admin.errors import SoundUnavailableError
from stream_of_worship.admin.player import pcm
from stream_of_worship.admin.player.card import CardSpeaker
from stream_of_worship.admin.player.program import Player, ProgramSpeaker
from stream_of_worship.admin.player.sound import Silence, open_speaker

needs_miniaudio = pytest.mark.skipif(importlib.util.find_spec("miniaudio") is None, reason="needs the extra `play`")


def samples(audio: Path, start: float = 0.0, speed: float = 1.0) -> np.ndarray:
    return np.frombuffer(b"".join(pcm.blocks(audio, start, speed)), "<i2").reshape(-1, 2)


def test_a_recording_becomes_stereo_at_the_loudspeakers_rate(tone: Path):
    sound = samples(tone)
    assert len(sound) == pytest.approx(pcm.RATE, abs=200)
    assert (sound[:, 0] == sound[:, 1]).all()
    assert np.abs(sound).max() > 4000


@pytest.mark.parametrize(("start", "speed", "seconds"), [(0.75, 1.0, 0.25), (0.0, 2.0, 0.5), (0.5, 0.5, 1.0)])
def test_it_starts_anywhere_and_runs_at_any_tempo(tone: Path, start: float, speed: float, seconds: float):
    assert len(samples(tone, start, speed)) / pcm.RATE == pytest.approx(seconds, abs=0.15)


def test_the_tempo_leaves_the_pitch_alone(make_tone: Callable[[Path, float], Path], tmp_path: Path):
    sound = samples(make_tone(tmp_path / "long.wav", 4.0), speed=2.0)[:, 0].astype(float)
    spectrum = np.abs(np.fft.rfft(sound))
    assert np.argmax(spectrum) * pcm.RATE / len(sound) == pytest.approx(440, abs=5)


def test_past_the_end_there_is_nothing(tone: Path):
    assert len(samples(tone, start=30.0)) == 0


def test_what_is_no_recording_is_refused(sheet_file: Path):
    with pytest.raises(AudioUnreadableError, match="is a text file"):
        samples(sheet_file)


def test_the_header_is_one_that_others_read():
    with wave.open(io.BytesIO(pcm.wav_header(8) + bytes(8))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (2, 2, pcm.RATE, 2)


def wait_for(condition: Callable[[], object]) -> None:
    for _ in range(1000):
        if condition():
            return
        threading.Event().wait(0.01)
    pytest.fail("it did not happen within ten seconds")


@needs_miniaudio
def test_the_sound_card_is_fed_and_says_when_its_first_sound_came(tone: Path):
    speaker = CardSpeaker(tone, 1.0, backends=("NULL",))
    assert speaker.lag() is None
    speaker.start(0.5)
    wait_for(lambda: speaker.lag() is not None)
    speaker.stop()
    assert speaker.problem() is None


@needs_miniaudio
def test_sound_that_cannot_be_decoded_is_told_while_it_plays(sheet_file: Path):
    speaker = CardSpeaker(sheet_file, 1.0, backends=("NULL",))
    speaker.start(0.0)
    wait_for(speaker.problem)
    speaker.stop()
    assert "is a text file" in str(speaker.problem())


@needs_miniaudio
def test_a_machine_without_a_sound_device_is_told_so(tone: Path, capfd: pytest.CaptureFixture[str]):
    with pytest.raises(SoundUnavailableError, match="no sound device"):
        CardSpeaker(tone, 1.0, backends=("CUSTOM",))
    assert capfd.readouterr().err == ""


def speaker_for(program: Path, audio: Path, *arguments: str, header: bool = True) -> ProgramSpeaker:
    return ProgramSpeaker(Player(program.name, arguments, header), str(program), audio, 1.0)


def test_a_player_program_hears_the_recording_as_a_wav_stream(make_program: Callable[[str, str], Path], tone: Path):
    heard = tone.with_name("heard")
    speaker = speaker_for(make_program("aplay", f"cat > '{heard}.part' && mv '{heard}.part' '{heard}'"), tone)
    speaker.start(0.5)
    wait_for(heard.exists)
    speaker.stop()
    assert heard.read_bytes() == pcm.wav_header() + b"".join(pcm.blocks(tone, 0.5, 1.0))
    assert speaker.problem() is None


def test_a_player_program_for_bare_samples_gets_no_header(make_program: Callable[[str, str], Path], tone: Path):
    heard = tone.with_name("heard")
    speaker = speaker_for(
        make_program("paplay", f"cat > '{heard}.part' && mv '{heard}.part' '{heard}'"), tone, header=False
    )
    speaker.start(0.0)
    wait_for(heard.exists)
    speaker.stop()
    assert heard.read_bytes() == b"".join(pcm.blocks(tone, 0.0, 1.0))


def test_a_player_program_for_files_gets_a_wav_file(make_program: Callable[[str, str], Path], tone: Path):
    heard = tone.with_name("heard.wav")
    speaker = speaker_for(
        make_program("afplay", f"cp \"$1\" '{heard}.part' && mv '{heard}.part' '{heard}'"), tone, "{file}"
    )
    speaker.start(0.0)
    wait_for(heard.exists)
    speaker.stop()
    with wave.open(str(heard)) as file:
        assert file.getnframes() == pytest.approx(pcm.RATE, abs=200)


def test_stopping_ends_the_program(make_program: Callable[[str, str], Path], tone: Path):
    started = tone.with_name("started")
    speaker = speaker_for(make_program("ffplay", f"touch '{started}'; exec sleep 600"), tone)
    speaker.start(0.0)
    wait_for(started.exists)
    speaker.stop()
    speaker.stop()
    assert speaker.problem() is None


def test_a_program_that_fails_says_why(make_program: Callable[[str, str], Path], tone: Path):
    speaker = speaker_for(make_program("aplay", "echo 'first' >&2; echo 'no such card' >&2; exit 1"), tone)
    speaker.start(0.0)
    wait_for(speaker.problem)
    speaker.stop()
    assert speaker.problem() == "aplay: no such card"


def test_a_program_that_cannot_be_started_says_why(tone: Path):
    speaker = speaker_for(tone.with_name("ffplay"), tone)
    speaker.start(0.0)
    wait_for(speaker.problem)
    speaker.stop()
    assert speaker.problem() == "ffplay: No such file or directory"


def no_card(audio: Path, speed: float) -> CardSpeaker:
    raise SoundUnavailableError("no sound device was found")


def test_without_a_sound_card_a_program_on_the_path_plays(tone: Path):
    speaker = open_speaker(tone, 1.0, which=lambda name: f"/usr/bin/{name}" if name == "paplay" else None, card=no_card)
    assert speaker.name == "paplay"


def test_with_nothing_to_play_on_the_reasons_are_told(tone: Path):
    with pytest.raises(SoundUnavailableError, match=r"no sound device was found; and none of ffplay, .* is installed"):
        open_speaker(tone, 1.0, which=lambda name: None, card=no_card)


def test_silence_gives_its_reason():
    speaker = Silence("no loudspeaker")
    speaker.start(3.0)
    speaker.stop()
    assert (speaker.lag(), speaker.problem()) == (0.0, "no loudspeaker")
