"""Where a server is that speaks OpenAI's protocol, and with which key."""

from __future__ import annotations

from dataclasses import dataclass, field

from sow_analysis.addresses import flaw_of
from sow_analysis.openai_api.errors import ApiMisconfiguredError

_LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One server. The key shows in no `repr`.

    Raises:
        ApiMisconfiguredError: `url` is no http or https address, or has a user, a query or a fragment in it.
    """

    url: str
    """Such as `https://openrouter.ai/api/v1` or `http://127.0.0.1:8080/v1`: what comes before `/chat/completions`."""
    api_key: str | None = field(default=None, repr=False)
    """None for servers that ask for none, as those in one's own network."""

    def __post_init__(self) -> None:
        if flaw := flaw_of(self.url, "an API server", "https://openrouter.ai/api/v1"):
            raise ApiMisconfiguredError(flaw)
        if self.api_key is not None and not (self.api_key.isascii() and self.api_key.isprintable()):
            raise ApiMisconfiguredError("The key of an API server must be printable ASCII without line breaks.")

    @property
    def shown(self) -> str:
        """The address for messages."""
        return self.url.rstrip("/")

    def without_key(self, text: str) -> str:
        """A server's own words, fit for a report: short, one line, and without our key, should it echo that."""
        if self.api_key:
            text = text.replace(self.api_key, "***")
        text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return text[:_LONGEST_SHOWN]
