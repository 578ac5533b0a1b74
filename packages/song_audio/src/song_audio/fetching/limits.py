"""How much, how long and where to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What one fetch may take."""

    max_bytes: int = 500_000_000
    """Of the recording, after any compression of the transport is undone."""
    seconds: float = 300.0
    """For everything: names, redirects, all bytes."""
    connect_seconds: float = 10.0
    """For one connection with its TLS handshake."""
    idle_seconds: float = 20.0
    """Longest silence of the server."""
    slow_seconds: float = 15.0
    """In any stretch of this length, ..."""
    slow_bytes: int = 65_536
    """... at least so much has to come."""
    max_redirects: int = 3
    ports: frozenset[int] | None = None
    """Ports that a URL may name; None allows all. 80 and 443 with their schemes are always allowed."""
    allow_private: bool = False
    """Whether addresses of this machine and of private networks are allowed. For tests, and networks one trusts.

    Link-local addresses (where clouds keep credentials), multicast and reserved ones never are.
    """
