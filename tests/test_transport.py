import pytest

from stream_of_worship.admin.player.sound import Silence
from stream_of_worship.admin.player.transport import PATIENCE, Transport


class Clock:
    def __init__(self):
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


class RecordingSpeaker(Silence):
    """Remembers what it was told; its first sound comes after `delay`, or never."""

    def __init__(self, delay: float | None = 0.0):
        super().__init__()
        self.delay = delay
        self.orders: list[float | str] = []

    def start(self, position: float) -> None:
        self.orders.append(position)

    def stop(self) -> None:
        self.orders.append("stop")

    def lag(self) -> float | None:
        return self.delay


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_it_begins_paused_where_it_is_told(clock: Clock):
    transport = Transport(Silence(), clock, start=12.0, end=60.0)
    clock.time += 5
    assert transport.position() == 12.0


def test_playing_moves_with_the_clock_at_the_given_speed(clock: Clock):
    transport = Transport(Silence(), clock, start=10.0, end=60.0, speed=0.5)
    transport.play()
    clock.time += 8
    assert transport.position() == 14.0


def test_the_lyrics_wait_for_the_first_sound(clock: Clock):
    transport = Transport(RecordingSpeaker(delay=0.25), clock, end=60.0)
    transport.play()
    clock.time += 0.2
    assert transport.position() == 0.0
    clock.time += 1.05
    assert transport.position() == pytest.approx(1.0)


def test_but_not_for_ever(clock: Clock):
    transport = Transport(RecordingSpeaker(delay=None), clock, end=60.0)
    transport.play()
    clock.time += PATIENCE
    assert transport.position() == 0.0
    clock.time += 3
    assert transport.position() == pytest.approx(3.0)


def test_a_pause_stops_the_sound_and_going_on_takes_it_up_there(clock: Clock):
    speaker = RecordingSpeaker()
    transport = Transport(speaker, clock, end=60.0)
    transport.toggle()
    clock.time += 4
    transport.toggle()
    clock.time += 100
    transport.toggle()
    clock.time += 1
    assert transport.position() == 5.0
    assert speaker.orders == [0.0, "stop", 4.0]


def test_a_seek_while_playing_takes_the_sound_along(clock: Clock):
    speaker = RecordingSpeaker()
    transport = Transport(speaker, clock, end=60.0)
    transport.play()
    transport.seek(30.0)
    clock.time += 2
    assert transport.position() == 32.0
    assert speaker.orders == [0.0, "stop", 30.0]


def test_a_seek_while_paused_plays_nothing(clock: Clock):
    speaker = RecordingSpeaker()
    transport = Transport(speaker, clock, end=60.0)
    transport.seek(30.0)
    assert (transport.position(), transport.playing, speaker.orders) == (30.0, False, [])


@pytest.mark.parametrize(("goal", "reached"), [(-5.0, 0.0), (1000.0, 60.0)])
def test_no_seek_leaves_the_song(clock: Clock, goal: float, reached: float):
    transport = Transport(Silence(), clock, end=60.0)
    transport.seek(goal)
    assert transport.position() == reached


def test_it_is_finished_at_the_end_and_goes_no_further(clock: Clock):
    transport = Transport(Silence(), clock, start=59.0, end=60.0)
    transport.play()
    assert not transport.finished()
    clock.time += 5
    assert transport.finished()
    assert transport.position() == 60.0
