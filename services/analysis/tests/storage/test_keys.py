from __future__ import annotations

import string
from collections.abc import Callable
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sow_analysis.errors import ObjectKeyError
from sow_analysis.storage import keys

SONG = "0123456789abcdef" * 4
ALLOWED = set(string.ascii_letters + string.digits + "._-/")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/",
        "/etc/passwd",
        "..",
        "../a",
        "a/../b",
        "a/..",
        ".",
        "a/./b",
        "a//b",
        "a/",
        ".hidden",
        "a/.b",
        "a.",
        "a/b.",
        "a\\b",
        "a\x00b",
        "a\nb",
        "a\n",
        "a b",
        "a%2fb",
        "a#1",
        "C:",
        "~root",
        "ä",
        "a/\u202eb",
        "a\u2028",
        "x" * 513,
        "y" * 201,
    ],
)
def test_a_key_that_could_lead_astray_is_refused(key: str):
    with pytest.raises(ObjectKeyError):
        keys.valid(key)


@pytest.mark.parametrize("key", ["a", "a/b", "a/b.c", "A-b_c/1.2.3/x", "-", "_/x", "a..b"])
def test_a_plain_key_is_valid(key: str):
    assert keys.valid(key) == key


@given(st.text(max_size=40) | st.text(alphabet="./\\a%\x00~ ", max_size=12))
def test_a_valid_key_stays_below_its_folder_and_holds_plain_characters_only(key: str):
    try:
        keys.valid(key)
    except ObjectKeyError:
        return
    assert set(key) <= ALLOWED
    path = PurePosixPath("/objects") / key
    assert str(path) == f"/objects/{key}"
    assert ".." not in path.parts
    assert not any(part.startswith(".") for part in path.parts)


def test_the_layout_is_the_documented_one():
    assert keys.audio(SONG, "mp3") == f"{SONG}/audio.mp3"
    assert keys.stem(SONG, "htdemucs", "vocals") == f"{SONG}/stems/htdemucs/vocals.flac"
    assert keys.lyrics(SONG, "lrc") == f"{SONG}/lyrics.lrc"
    assert keys.version(SONG, 3) == f"{SONG}/versions/3.json"


@pytest.mark.parametrize(
    "song", ["", "..", SONG[:12], SONG.upper(), SONG + "0", SONG[:-1] + "g", SONG[:-1] + "\n", SONG[:-1] + "٣"]
)
def test_a_song_is_named_by_its_whole_hash_only(song: str):
    makers: list[Callable[[str], str]] = [
        lambda s: keys.audio(s, "mp3"),
        lambda s: keys.stem(s, "x", "y"),
        lambda s: keys.lyrics(s, "lrc"),
        lambda s: keys.version(s, 1),
    ]
    for make in makers:
        with pytest.raises(ObjectKeyError):
            make(song)


@pytest.mark.parametrize("suffix", ["", ".mp3", "../x", "m/p", "MP3", "x" * 11, "a b", "mp3\n"])
def test_a_suffix_is_a_few_small_letters(suffix: str):
    with pytest.raises(ObjectKeyError):
        keys.audio(SONG, suffix)
    with pytest.raises(ObjectKeyError):
        keys.lyrics(SONG, suffix)


@pytest.mark.parametrize("name", ["", "..", "a/b", "../../x", ".x"])
def test_a_stem_has_no_folders_in_its_name(name: str):
    with pytest.raises(ObjectKeyError):
        keys.stem(SONG, "htdemucs", name)


def test_versions_are_counted_from_one():
    with pytest.raises(ObjectKeyError):
        keys.version(SONG, 0)


def test_only_the_recording_itself_is_its_audio():
    assert keys.is_audio(keys.audio(SONG, "flac"))
    assert not keys.is_audio(keys.stem(SONG, "htdemucs", "audio"))
    assert not keys.is_audio("audio.flac")
