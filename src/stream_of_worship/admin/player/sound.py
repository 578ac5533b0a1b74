"""Ways to play a recording aloud, tried in this order: the sound card, then a player program, then none at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from stream_of_worship.admin.errors import SoundUnavailableError


class Speaker(Protocol):
    """Plays one recording at one tempo. All times are in seconds of the recording but for `lag`."""

    name: str

    def start(self, position: float) -> None:
        """Plays from `position` on, until `stop`."""
        ...

    def stop(self) -> None:
        """Falls silent. Harmless when silent already."""
        ...

    def lag(self) -> float | None:
        """Seconds from `start` until its first sound left the loudspeaker; None while that is to come."""
        ...

    def problem(self) -> str | None:
        """Why nothing is heard, if the playing broke down."""
        ...


class Silence:
    """Plays nothing: the lyrics run by the clock alone."""

    name = "no sound"

    def __init__(self, reason: str | None = None) -> None:
        self._reason = reason

    def start(self, position: float) -> None: ...

    def stop(self) -> None: ...

    def lag(self) -> float | None:
        return 0.0

    def problem(self) -> str | None:
        return self._reason


def open_card(audio: Path, speed: float) -> Speaker:
    """The sound card. Imported late: it takes the decoder with it.

    Raises:
        SoundUnavailableError: there is none that we can use.
    """
    from stream_of_worship.admin.player.card import CardSpeaker

    return CardSpeaker(audio, speed)


def open_speaker(
    audio: Path,
    speed: float,
    which: Callable[[str], str | None] = shutil.which,
    card: Callable[[Path, float], Speaker] = open_card,
) -> Speaker:
    """The first speaker that works on this machine.

    Raises:
        SoundUnavailableError: none does; the message says what is missing.
    """
    from stream_of_worship.admin.player.program import PLAYERS, ProgramSpeaker

    try:
        return card(audio, speed)
    except SoundUnavailableError as error:
        reason = str(error)
    for player in PLAYERS:
        if path := which(player.name):
            return ProgramSpeaker(player, path, audio, speed)
    names = ", ".join(player.name for player in PLAYERS)
    raise SoundUnavailableError(f"{reason}; and none of {names} is installed")
