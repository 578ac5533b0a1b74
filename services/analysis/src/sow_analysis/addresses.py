"""Addresses of servers that the host names."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def flaw_of(url: str, server: str, example: str) -> str | None:
    """Say what is wrong with the address of a server, for the user; None when nothing is.

    Args:
        url: http or https, without a user, a query and a fragment.
        server: what it is called, such as `the Qwen3 server`.
        example: an address that would do.
    """
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return f"The address of {server} must begin with http:// or https:// and name a host, such as {example}."
    if "@" in parts.netloc or parts.query or parts.fragment:
        return (
            f"The address of {server} must hold no user, password, query or fragment; the key has a setting of its own."
        )
    return None


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises when it is none
    except ValueError:
        return None
    return parts
