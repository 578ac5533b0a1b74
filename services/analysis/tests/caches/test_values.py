from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyric_timing.heard import Heard, Token
from lyric_timing.timed import TimedLine, TimedLyrics, TimedWord
from sow_analysis.caches import Caches, DiskCache, ResultKey, TranscriptionCache, TranscriptionKey, open_caches
from sow_analysis.lrc import Attempt, LrcResult, Outcome

HEARD_KEY = TranscriptionKey("ab" * 32, "base", "en", "vocals", {"beam": 5, "temperatures": (0.0, 0.2)}, "1")
RESULT_KEY = ResultKey("ab" * 32, ResultKey.hash_text("Amen"), {"language": None, "engines": ("whisper",)}, "1")

text = st.text(st.characters(exclude_categories=()), max_size=20)  # lone surrogates too
times = st.floats(allow_nan=False, allow_infinity=False)
shares = st.none() | st.floats(0, 1)
words = st.builds(TimedWord, text, times, times, shares, st.none() | text)
lines = st.builds(
    TimedLine, text, times, times, st.lists(words, max_size=3).map(tuple), shares, st.none() | text,
    st.none() | st.integers(0, 99), st.none() | text,
)  # fmt: skip
lyrics = st.builds(TimedLyrics, st.lists(lines, max_size=3).map(tuple), st.none() | times, st.none() | text)
attempts = st.builds(Attempt, text, text, st.sampled_from(Outcome), times, st.none() | text)
results = st.builds(
    LrcResult, lyrics, st.floats(0, 1), st.lists(st.integers(0, 99), max_size=3).map(tuple),
    st.lists(attempts, max_size=2).map(tuple), st.lists(text, max_size=2).map(tuple),
)  # fmt: skip
heards = st.builds(
    Heard, st.lists(st.builds(Token, text, times, times, times), max_size=5).map(tuple), text, st.none() | text
)


@dataclass(frozen=True)
class Settings:
    cache_dir: Path
    cache_max_bytes: int = 10_000_000


@pytest.fixture(scope="module")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Caches:
    return open_caches(Settings(tmp_path_factory.mktemp("caches")))


@given(heards)
def test_what_was_heard_comes_back_as_it_was(caches: Caches, heard: Heard):
    assert caches.transcriptions.put(HEARD_KEY, heard)
    assert caches.transcriptions.get(HEARD_KEY) == heard


@given(results)
def test_a_result_comes_back_as_it_was(caches: Caches, result: LrcResult):
    assert caches.results.put(RESULT_KEY, result)
    back = caches.results.get(RESULT_KEY)
    assert back == result
    assert back is not None
    assert all(isinstance(attempt.outcome, Outcome) for attempt in back.attempts)


def test_times_that_are_no_numbers_do_not_break_the_cache(caches: Caches):
    caches.transcriptions.put(HEARD_KEY, Heard((Token("la", math.nan, math.inf),), "ear"))
    back = caches.transcriptions.get(HEARD_KEY)
    assert back is not None
    assert math.isnan(back.tokens[0].start)


def test_a_value_of_another_shape_is_a_miss_and_goes(tmp_path: Path):
    disk = DiskCache(tmp_path, 1 << 20)
    cache = TranscriptionCache(disk)
    for data in (b"", b"null", b"[]", b'{"tokens": 3}', b'{"tokens": [], "source": null}', b"[" * 50_000, b"\xff"):
        disk.put(HEARD_KEY.digest, data)
        assert cache.get(HEARD_KEY) is None
        assert disk.get(HEARD_KEY.digest) is None


OTHER: dict[str, Any] = {
    "content_hash": "cd" * 32,
    "model": "large",
    "language": None,
    "stem": "mix",
    "settings": {"beam": 1},
    "version": "2",
    "lyrics_hash": "ef" * 32,
    "options": {},
    "pipeline_version": "2",
}


@pytest.mark.parametrize("key", [HEARD_KEY, RESULT_KEY], ids=["transcription", "result"])
def test_every_field_of_a_key_changes_its_digest(key: Any):
    names = [field.name for field in fields(key)]
    digests = {key.digest} | {replace(key, **{name: OTHER[name]}).digest for name in names}
    assert len(digests) == len(names) + 1


def test_equal_keys_have_one_digest_whatever_the_order_and_kind_of_their_mappings():
    one = replace(HEARD_KEY, settings={"a": 1, "b": (1, 2)})
    for settings in ({"b": (1, 2), "a": 1}, MappingProxyType({"a": 1, "b": [1, 2]})):
        assert replace(HEARD_KEY, settings=settings).digest == one.digest


@given(st.lists(st.text(max_size=3), min_size=4, max_size=4), st.lists(st.text(max_size=3), min_size=4, max_size=4))
def test_text_cannot_move_from_one_field_of_a_key_to_the_next(one: list[str], other: list[str]):
    same = TranscriptionKey(*one).digest == TranscriptionKey(*other).digest
    assert same == (one == other)


def test_the_two_kinds_never_meet():
    assert ResultKey("a", "b", {}, "c").digest != TranscriptionKey("a", "b", None, "c").digest


def test_lyrics_are_hashed_as_they_stand():
    texts = ["Amen", "amen", "Amen ", "Amen\n", "", "\ud800"]
    assert len({ResultKey.hash_text(each) for each in texts}) == len(texts)


def test_both_caches_keep_to_one_bound(tmp_path: Path):
    caches = open_caches(Settings(tmp_path, 100_000))
    for i in range(100):
        heard = Heard((Token("x" * 2000, 0.0, 1.0),), "ear")
        caches.transcriptions.put(replace(HEARD_KEY, version=str(i)), heard)
    assert sum(path.stat().st_size for path in tmp_path.glob("??/*")) <= 100_000
    assert caches.results.counts.evicted > 0
