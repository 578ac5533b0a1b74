import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyric_timing.errors import LyricsError
from lyric_timing.parsing import decode_lyrics

SIMPLIFIED = "他使我躺卧在青草地上\n领我在可安歇的水边\n主，我敬拜你\n我要歌唱赞美你的名"
TRADITIONAL = "他使我躺臥在青草地上\n領我在可安歇的水邊\n主，我敬拜祢\n我要歌唱讚美祢的名"
JAPANESE = "主はわたしを青草の原に休ませ\n憩いの水のほとりに伴い\n夜空の星を見上げて"
KOREAN = "나의 목자시니\n내게 부족함이 없으리로다\n주님을 찬양합니다"
FRENCH = "C’est l’été, déjà\nLa forêt s’éveille à l’aube"
RUSSIAN = "Он покоит меня\nи водит меня к водам тихим"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SIMPLIFIED, "gb18030"),
        (SIMPLIFIED, "gbk"),
        (TRADITIONAL, "gb18030"),
        (TRADITIONAL, "big5hkscs"),
        (TRADITIONAL.replace("祢", "你"), "big5"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
        (KOREAN, "cp949"),
        (FRENCH, "cp1252"),
        ("Grüß Gott\nüber den Fluß", "latin-1"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
    ],
)
def test_legacy_encodings_are_recognised(text: str, encoding: str):
    assert decode_lyrics(text.encode(encoding)) == text


@pytest.mark.parametrize("line", [*SIMPLIFIED.split("\n"), "哈利路亚", "我爱你", "奇异恩典，何等甘甜"])
def test_a_single_line_of_gbk_is_enough(line: str):
    assert decode_lyrics(line.encode("gbk")) == line


@pytest.mark.parametrize("line", [*TRADITIONAL.split("\n"), "哈利路亞", "我愛你", "奇異恩典，何等甘甜"])
def test_a_single_line_of_big5_is_enough(line: str):
    assert decode_lyrics(line.encode("big5hkscs")) == line


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [SIMPLIFIED, JAPANESE, KOREAN, FRENCH, RUSSIAN, "Hello\nyou"])
def test_unicode_without_a_byte_order_mark_is_recognised(text: str, encoding: str):
    assert decode_lyrics(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\ufeff\ufffd"), max_size=20))
def test_a_byte_order_mark_decides(encoding: str, text: str):
    assert decode_lyrics(("\ufeff" + text).encode(encoding)) == text


def test_windows_and_old_mac_line_ends_become_plain_ones():
    assert decode_lyrics(b"a\r\nb\rc\nd") == "a\nb\nc\nd"


def test_utf8_that_was_cut_off_stays_utf8():
    assert decode_lyrics(SIMPLIFIED.encode()[:-1]) == SIMPLIFIED[:-1] + "\ufffd"


def test_a_cut_off_legacy_file_keeps_its_lines():
    assert decode_lyrics(SIMPLIFIED.encode("gbk")[:-1]).startswith(SIMPLIFIED[:-1])


def test_nothing_is_empty_text():
    assert decode_lyrics(b"") == ""


def wav() -> bytes:
    return (
        b"RIFF"
        + struct.pack("<I", 1036)
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
        + b"data"
    )


@pytest.mark.parametrize(
    "data",
    [
        b"ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x64" + bytes(range(256)) * 4,
        b"OggS\x00\x02" + bytes(range(256)) * 4,
        b"fLaC\x00\x00\x00\x22" + bytes(range(256)) * 4,
        wav() + bytes(range(256)) * 4,
    ],
)
def test_a_recording_given_as_lyrics_is_named_as_one(data: bytes):
    with pytest.raises(LyricsError, match="recording"):
        decode_lyrics(data)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "PDF"),
        (b"PK\x03\x04\x14\x00\x06\x00" + bytes(range(256)), "zip"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "png"),
        (b"{\\rtf1\\ansi hello}", "RTF"),
        (bytes(range(256)) * 8, "binary"),
        (b"\0" * 100, "binary"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, kind: str):
    with pytest.raises(LyricsError, match=kind):
        decode_lyrics(data)


def test_too_much_text_is_refused():
    with pytest.raises(LyricsError, match="2 MB"):
        decode_lyrics(b"la la la\n" * 250_000)


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(data: bytes):
    with suppress(LyricsError):
        assert "\r" not in decode_lyrics(data)
