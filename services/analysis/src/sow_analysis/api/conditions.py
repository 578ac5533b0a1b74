"""The ETags that callers send with their conditions."""

from __future__ import annotations


def etags(header: str) -> list[str]:
    """Those in an If-Match or If-None-Match header; weak ones count as strong."""
    return [tag for part in header.split(",") if (tag := part.strip().removeprefix("W/"))]


def has(if_none_match: str | None, etag: str) -> bool:
    """Whether a caller who sends this If-None-Match has what that ETag names."""
    return if_none_match is not None and bool({etag, "*"} & set(etags(if_none_match)))
