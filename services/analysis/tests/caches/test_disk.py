from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sow_analysis.caches import DiskCache


def digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


A, B = digest("a"), digest("b")


@pytest.fixture
def cache(tmp_path: Path) -> DiskCache:
    return DiskCache(tmp_path / "cache", 1 << 20)


def entries(folder: Path) -> list[Path]:
    return [path for path in folder.glob("??/*") if path.is_file()]


def used(folder: Path) -> int:
    return sum(path.stat().st_size for path in entries(folder))


def test_what_was_put_is_there_for_this_and_every_later_process(cache: DiskCache, tmp_path: Path):
    assert cache.put(A, b"value")
    assert cache.get(A) == b"value"
    assert DiskCache(tmp_path / "cache", 1 << 20).get(A) == b"value"
    assert cache.get(B) is None


def test_the_last_value_put_counts(cache: DiskCache):
    cache.put(A, b"first")
    cache.put(A, b"")
    assert cache.get(A) == b""


@pytest.mark.parametrize("position", [0, 7, 8, 39, 40, 71, 72, -1])
def test_one_wrong_bit_anywhere_is_a_miss_and_the_entry_goes(cache: DiskCache, tmp_path: Path, position: int):
    cache.put(A, b"value")
    [path] = entries(tmp_path / "cache")
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)
    assert cache.get(A) is None
    assert entries(tmp_path / "cache") == []
    assert (cache.counts.corrupt, cache.counts.misses) == (1, 1)


@given(st.binary(max_size=200))
def test_no_content_of_an_entry_is_taken_for_a_value_or_raises(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
):
    folder = tmp_path_factory.mktemp("cache")
    cache = DiskCache(folder, 1 << 20)
    cache.put(A, b"value")
    entries(folder)[0].write_bytes(content)
    assert cache.get(A) is None


@pytest.mark.parametrize("length", [0, 1, 8, 40, 71, 72, 76])
def test_an_entry_cut_off_by_a_power_cut_is_a_miss(cache: DiskCache, tmp_path: Path, length: int):
    cache.put(A, b"value")
    os.truncate(entries(tmp_path / "cache")[0], length)
    assert cache.get(A) is None
    assert cache.put(A, b"again")
    assert cache.get(A) == b"again"


def test_an_entry_under_another_entrys_name_is_a_miss(cache: DiskCache, tmp_path: Path):
    cache.put(A, b"value of a")
    cache.put(B, b"value of b")
    folder = tmp_path / "cache"
    (folder / A[:2] / A).replace(folder / B[:2] / B)
    assert cache.get(B) is None


def test_the_bound_holds_and_the_longest_unused_go_first(tmp_path: Path):
    bound = 160_000
    cache = DiskCache(tmp_path, bound)
    names = [digest(str(i)) for i in range(100)]
    for i, name in enumerate(names):
        cache.put(name, bytes(5000))
        os.utime(tmp_path / name[:2] / name, ns=(i * 10**9, i * 10**9))
        assert cache.get(names[0]) is not None, "the entry that is used all the time stays"
        assert used(tmp_path) <= bound
    assert cache.get(names[-1]) is not None
    assert cache.get(names[1]) is None
    assert cache.counts.evicted == 100 - len(entries(tmp_path))


def test_a_cache_that_finds_a_larger_folder_shrinks_it_at_its_first_write(tmp_path: Path):
    large = DiskCache(tmp_path, 10_000_000)
    for i in range(100):
        large.put(digest(str(i)), bytes(5000))
    DiskCache(tmp_path, 160_000).put(A, b"x")
    assert used(tmp_path) <= 160_000


def test_a_value_that_would_push_out_much_of_the_others_is_not_kept(tmp_path: Path):
    cache = DiskCache(tmp_path, 160_000)
    assert not cache.put(A, bytes(10_001))
    assert cache.get(A) is None
    assert cache.counts.unwritten == 1


def test_a_cache_of_no_size_keeps_nothing(tmp_path: Path):
    cache = DiskCache(tmp_path / "cache", 0)
    assert not cache.put(A, b"")
    assert not (tmp_path / "cache").exists()


def test_a_huge_file_in_place_of_an_entry_is_not_read_whole(cache: DiskCache, tmp_path: Path):
    cache.put(A, b"value")
    os.truncate(entries(tmp_path / "cache")[0], 1 << 40)  # sparse
    assert cache.get(A) is None


def test_a_folder_that_cannot_be_makes_misses_not_errors(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    cache = DiskCache(tmp_path / "file" / "cache", 1 << 20)
    assert not cache.put(A, b"value")
    assert cache.get(A) is None
    cache.discard(A)


def test_a_folder_in_place_of_an_entry_is_a_miss(cache: DiskCache, tmp_path: Path):
    (tmp_path / "cache" / A[:2] / A / "x").mkdir(parents=True)
    assert cache.get(A) is None
    assert not cache.put(A, b"value")


def test_what_a_killed_writer_left_is_swept_when_it_is_surely_abandoned(cache: DiskCache, tmp_path: Path):
    folder = tmp_path / "cache" / "00"
    folder.mkdir(parents=True)
    old, new = folder / ".writing-old", folder / ".writing-new"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    cache.put(A, b"value")
    assert not old.exists()
    assert new.exists()


def test_a_disk_that_is_full_costs_the_entry_only(tmp_path: Path):
    script = """
        import resource, sys
        from pathlib import Path
        from sow_analysis.caches import DiskCache
        cache = DiskCache(Path(sys.argv[1]), 1 << 20)
        assert cache.put("aa" * 32, b"small")
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        assert not cache.put("bb" * 32, bytes(5000))
        assert cache.get("bb" * 32) is None
        assert cache.get("aa" * 32) == b"small"
        assert cache.counts.unwritten == 1
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script), str(tmp_path)], check=True)
    assert len(list(tmp_path.glob("??/*"))) == 1


HAMMER = """
import hashlib, sys
from pathlib import Path
from sow_analysis.caches import DiskCache
folder, bound, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
cache = DiskCache(folder, bound)
for i in range(150):
    name = hashlib.sha256(str((i * 7 + seed) % 60).encode()).hexdigest()
    value = cache.get(name)
    assert value is None or value == name.encode() * 40, "another entry's value"
    cache.put(name, name.encode() * 40)
    if i % 10 == 0:
        cache.discard(name)
assert cache.counts.unwritten == 0
"""


def test_several_processes_share_a_folder_without_a_wrong_value(tmp_path: Path):
    bound = 100_000
    processes = [
        subprocess.Popen([sys.executable, "-c", HAMMER, str(tmp_path), str(bound), str(seed)]) for seed in range(4)
    ]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0, 0]
    assert used(tmp_path) <= bound + 3 * bound // 16
    assert not [path for path in entries(tmp_path) if path.name.startswith(".")]
