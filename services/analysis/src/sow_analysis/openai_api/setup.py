"""How an API server is set up, in a form that crosses from the service to its engine processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from sow_analysis.openai_api.budget import Allowance
from sow_analysis.openai_api.client import ApiClient
from sow_analysis.openai_api.endpoint import Endpoint
from sow_analysis.openai_api.gate import gate_of


@dataclass(frozen=True, slots=True)
class ApiSetup:
    """One server, the model to ask it for, and how much. The key shows in no `repr`.

    Raises:
        ApiMisconfiguredError: the address or the key cannot be one.
    """

    url: str
    model: str
    api_key: str | None = field(default=None, repr=False)
    at_once: int = 2
    """Calls on their way at the same time from each engine process."""
    spacing: float = 0.0
    """Least seconds between the starts of two calls."""
    allowance: Allowance | None = None
    """For one song; None is what the engine finds fitting."""

    def __post_init__(self) -> None:
        Endpoint(self.url, self.api_key)

    @property
    def shown(self) -> str:
        """The address for messages."""
        return Endpoint(self.url).shown

    def client(self) -> ApiClient:
        """A client, behind the gate that this process has to that server."""
        endpoint = Endpoint(self.url, self.api_key)
        return ApiClient(endpoint, gate_of(endpoint, at_once=self.at_once, spacing=self.spacing))

    def plain(self) -> dict[str, Any]:
        """As JSON, with the key: for a pipe between two of our own processes, never for a log."""
        return asdict(self)

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """The inverse of `plain`."""
        values = dict(plain)
        if values["allowance"] is not None:
            values["allowance"] = Allowance(**values["allowance"])
        return cls(**values)
