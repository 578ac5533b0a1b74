"""`sow models`, on a real store whose source is a folder."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from sow_analysis.models import Folder, Model, ModelFile, ModelStore
from stream_of_worship.admin.services import Services

Sow = Any


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """What the model's publisher has."""
    folder = tmp_path / "hub"
    folder.mkdir()
    (folder / "model.bin").write_bytes(b"w" * 2_000_000)
    return folder


@pytest.fixture
def store(tmp_path: Path, source: Path) -> ModelStore:
    digest = hashlib.sha256(b"w" * 2_000_000).hexdigest()
    files = (ModelFile("model.bin", digest, 2_000_000),)
    catalogue = tuple(
        Model(name, "whisper", "MIT", f"Model {name}", files, (Folder(source),))
        for name in ("whisper-one", "whisper-two")
    )
    return ModelStore(tmp_path / "models", catalogue=catalogue, folders=())


@pytest.fixture
def models(sow: Sow, store: ModelStore) -> Any:
    sow.services = Services(open_store=lambda: store)
    return lambda *arguments: sow("models", *arguments)


def test_the_list_tells_what_there_is_and_what_is_here(models: Any, store: ModelStore):
    models("get", "whisper-two")
    shown = models("list").stdout
    assert [line.split() for line in shown.splitlines()] == [
        ["name", "state", "size", "licence"],
        ["whisper-one", "absent", "2", "MB", "MIT", "Model", "whisper-one"],
        ["whisper-two", "present", "2", "MB", "MIT", "Model", "whisper-two"],
        ["They", "are", "kept", "in", str(store.root)],
    ]


@pytest.mark.parametrize("name", ["whisper-one", "one"])
def test_a_model_is_fetched_by_its_name_or_the_end_of_it(models: Any, store: ModelStore, name: str):
    result = models("get", name)
    assert result.exit_code == 0, result.output
    assert result.stdout == f"whisper-one is in {store.root / 'whisper-one'}\n"
    assert (store.root / "whisper-one" / "model.bin").stat().st_size == 2_000_000


def test_a_model_that_is_here_is_not_fetched_again(models: Any, source: Path):
    models("get", "one")
    (source / "model.bin").unlink()
    assert models("get", "one").exit_code == 0


def test_a_model_that_no_source_has_exits_with_3_and_the_reasons(models: Any, source: Path):
    (source / "model.bin").unlink()
    result = models("get", "one")
    assert result.exit_code == 3
    assert result.stderr.startswith("error (model_unavailable): The model whisper-one could not be fetched. Tried:\n")
    assert f"{source}: model.bin is not there" in result.stderr


@pytest.mark.parametrize("command", ["get", "verify", "remove"])
def test_an_unknown_model_is_answered_with_those_there_are(models: Any, command: str):
    result = models(command, "huge")
    assert result.exit_code == 3
    assert "There is no model huge. There are: whisper-one, whisper-two." in result.stderr


def test_verifying_passes_what_is_whole(models: Any):
    models("get", "one")
    result = models("verify")
    assert (result.exit_code, result.stdout) == (0, "whisper-one: right, to the byte\n")


def test_verifying_finds_what_is_damaged(models: Any, store: ModelStore):
    models("get", "one")
    models("get", "two")
    (store.root / "whisper-two" / "model.bin").write_bytes(b"x" * 2_000_000)
    result = models("verify")
    assert result.exit_code == 3
    assert result.stdout.splitlines() == [
        "whisper-one: right, to the byte",
        "whisper-two: damaged; get it again with: sow models get whisper-two",
    ]
    models("get", "two")
    assert models("verify", "two").exit_code == 0


def test_verifying_a_model_that_is_not_here_says_so(models: Any):
    result = models("verify", "one")
    assert result.exit_code == 3
    assert "not on this machine; get it with: sow models get whisper-one" in result.stdout


def test_verifying_nothing_is_no_error(models: Any):
    result = models("verify")
    assert result.exit_code == 0
    assert "no model on this machine yet" in result.stderr


def test_removing_makes_room(models: Any, store: ModelStore):
    models("get", "one")
    assert models("remove", "one").stdout == "whisper-one: removed, 2 MB freed\n"
    assert not (store.root / "whisper-one").exists()
    assert models("remove", "one").stdout == "whisper-one: was not on this machine\n"


def test_ctrl_c_while_fetching_says_that_the_beginning_is_kept(sow: Sow, store: ModelStore):
    class Interrupted(ModelStore):
        def get(self, name: str, progress: object = None) -> Path:
            raise KeyboardInterrupt

    interrupted = Interrupted(store.root, catalogue=[s.model for s in store.list()], folders=())
    sow.services = Services(open_store=lambda: interrupted)
    result = sow("models", "get", "one")
    assert result.exit_code == 130
    assert "What has arrived is kept" in result.stderr
