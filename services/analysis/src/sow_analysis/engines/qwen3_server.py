"""Where a Qwen3 alignment server is, and what is expected of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from sow_analysis.addresses import flaw_of

NAME = "qwen3"
"""Of the engine that speaks to it."""


@dataclass(frozen=True, slots=True)
class Qwen3Server:
    """One server. Equal ones share their connections. The key shows in no `repr`.

    Raises:
        ValueError: `url` is no http or https address, or has a user, a query or a fragment in it, or the key has
        characters that no header can carry.
    """

    url: str
    """Such as `http://gpu:8001`, without the path of the API."""
    api_key: str | None = field(default=None, repr=False)
    connect_seconds: float = 3.0
    """Until the connection stands. Short, since a machine that is off answers nothing at all."""
    base_seconds: float = 60.0
    seconds_per_second: float = 3.0
    """A call may take the first, and the second for each second of sound in its windows."""
    retry_seconds: float = 10.0
    """The longest wait before the one retry; a server that asks for a longer one is not asked again."""
    pause_seconds: float = 1.0
    """The wait before that retry where the server names none."""
    max_audio_seconds: float = 1800.0
    """Longer recordings are not sent."""
    max_answer_bytes: int = 32_000_000
    use_proxies: bool = False
    """Whether HTTP_PROXY and its like are heeded. An alignment server is mostly in one's own network."""

    def __post_init__(self) -> None:
        if flaw := flaw_of(self.url, "the Qwen3 server", "http://127.0.0.1:8001"):
            raise ValueError(flaw)
        if self.api_key and not (self.api_key.isascii() and self.api_key.isprintable()):
            raise ValueError("The key of the Qwen3 server must be one line of plain ASCII characters.")

    @property
    def origin(self) -> str:
        """The address for messages."""
        return self.url.rstrip("/")

    def call_seconds(self, window_seconds: float) -> float:
        """The time limit of a call with so many seconds of sound in its windows."""
        return self.base_seconds + self.seconds_per_second * window_seconds

    def plain(self) -> dict[str, Any]:
        """As JSON, with the key: for a socket between two of our own processes, never for a log."""
        return asdict(self)

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """The inverse of `plain`."""
        return cls(**plain)
