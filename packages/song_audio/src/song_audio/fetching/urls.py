"""What a URL may be, before anything is asked of the network."""

from __future__ import annotations

import re

import httpx2

from song_audio.errors import AddressRefusedError, UrlRefusedError
from song_audio.fetching.addresses import is_public, literal
from song_audio.fetching.limits import FetchLimits

_MAX_LENGTH = 4096
_HOST = re.compile(r"[A-Za-z0-9._-]{1,254}|[0-9A-Fa-f:.%]*:[^/]*", re.ASCII)
_ODD = re.compile(r"[\x00-\x20\x7f\\]")


def checked(url: str, limits: FetchLimits) -> httpx2.URL:
    """Parse an http or https URL that may be asked for. Where its host name leads is seen when it is dialled.

    Raises:
        UrlRefusedError: it is malformed, of another scheme, names a port that is not allowed, or has credentials in it.
        AddressRefusedError: its host is an address that may not be dialled, or one in a notation that nobody needs.
    """
    if len(url) > _MAX_LENGTH or _ODD.search(url):
        raise UrlRefusedError("The URL is too long, or has blanks or control characters in it.")
    try:
        parsed = httpx2.URL(url)
        host = parsed.raw_host.decode("ascii")
        port = parsed.port
    except (httpx2.InvalidURL, ValueError) as error:
        raise UrlRefusedError("The URL is malformed.") from error
    if parsed.scheme not in ("http", "https"):
        raise UrlRefusedError(f"A recording cannot be fetched by {parsed.scheme[:20] or 'a URL without a scheme'}.")
    if parsed.userinfo:
        raise UrlRefusedError("A URL with a user name or password in it is refused: it would end up in logs.")
    if not _HOST.fullmatch(host):
        raise UrlRefusedError("The URL names no host, or none that can be.")
    if port is not None and (not 0 < port < 65536 or (limits.ports is not None and port not in limits.ports)):
        raise UrlRefusedError(f"Port {port} is not allowed.")
    try:
        address = literal(host)
    except ValueError as error:
        raise AddressRefusedError("The URL's host is an address in an unusual notation.") from error
    if address is not None and not is_public(address, allow_private=limits.allow_private):
        raise address_refused()
    return parsed


def address_refused() -> AddressRefusedError:
    """Say that the address is refused, but not which it is: that would tell a stranger about our network."""
    return AddressRefusedError("The URL leads to an address that is not on the public internet.")
