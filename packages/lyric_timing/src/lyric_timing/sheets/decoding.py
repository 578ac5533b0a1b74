"""Lyrics from bytes in whatever encoding they were saved in."""

from __future__ import annotations

import codecs

import chardet

from lyric_timing.errors import LyricsError

BYTE_LIMIT = 2_000_000
"""The longest lyrics, in bytes; 2,000 lines are about 0.1 MB."""
TOO_LONG = "The lyrics are too long: more than {}. Give the words of one recording."

# Longest first: the UTF-32 mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_ENCODINGS = (
    "utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5hkscs", "cp932", "euc_jis_2004", "cp949", "cp1252", "cp1250",
    "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp874", "koi8-r",
)  # fmt: skip
"""What lyrics are found in. Fewer choices make the detector right more often on short texts."""
_KINDS = {
    "application/octet-stream": "binary data",
    "application/pdf": "a PDF",
    "application/zip": "a zip archive or an office document",
    "text/rtf": "a rich text (RTF) document",
}
_SAMPLE = 100_000
"""Bytes that the detector looks at."""
_MOST_DAMAGE = 0.2
"""Share of the characters beyond ASCII that may be broken in what is still UTF-8: a file cut off, a bad paste."""


def decode_lyrics(data: bytes) -> str:
    """The text of a lyrics file, its line ends as `\\n` and its byte order mark gone.

    A byte order mark decides; then UTF-8, if the bytes are valid (or nearly); then chardet's statistics choose among
    the encodings that lyrics are found in: UTF-16 without a mark, GB18030 (GBK), Big5, Shift-JIS, EUC, code pages 125x.

    Raises LyricsError for what is not text (a recording, a PDF), for damaged text, and beyond `BYTE_LIMIT`.
    """
    guess = chardet.detect(data[:_SAMPLE], include_encodings=_ENCODINGS, prefer_superset=True, compat_names=False)
    kind = guess["mime_type"] or ""
    if guess["encoding"] is None and kind != "application/octet-stream":
        raise LyricsError(_not_text(kind))
    if data.startswith(b"{\\rtf"):
        raise LyricsError(_not_text("text/rtf"))
    if len(data) > BYTE_LIMIT:
        raise LyricsError(TOO_LONG.format(f"{BYTE_LIMIT / 1e6:g} MB"))
    text = _marked(data)
    if text is None:
        text = _utf8(data)
    if text is None and guess["encoding"] is not None:
        text = data.decode(guess["encoding"], "replace")
    if text is None or _damage(text) > _MOST_DAMAGE:
        raise LyricsError(_not_text(kind))
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _marked(data: bytes) -> str | None:
    """The text after a byte order mark; None without one."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    return None


def _utf8(data: bytes) -> str | None:
    """The text if it is UTF-8, a little damage allowed. Zero bytes speak for UTF-16."""
    if b"\0" in data:
        return None
    text = data.decode("utf-8", "replace")
    return text if _damage(text) <= _MOST_DAMAGE else None


def _damage(text: str) -> float:
    """Broken characters as a share of those beyond ASCII."""
    return text.count("\ufffd") / max(1, sum(not char.isascii() for char in text))


def _not_text(kind: str) -> str:
    what = "a recording or video" if kind.startswith(("audio/", "video/")) else _KINDS.get(kind, kind or "binary data")
    return (
        f"The lyrics are not plain text; they look like {what}. Give a text file (UTF-8 is best), LRC, SRT or WebVTT."
    )
