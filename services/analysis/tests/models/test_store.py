"""The store, with models of a few bytes."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sow_analysis.errors import ModelUnavailableError
from sow_analysis.models import (
    CATALOGUE,
    Conversion,
    Hub,
    Member,
    Model,
    ModelFile,
    ModelState,
    ModelStore,
    Packages,
)

FileOf = Callable[[str, bytes], ModelFile]
MakeWheel = Callable[[str, dict[str, bytes]], None]

CONTENTS = {"config.json": b'{"small": true}', "model.bin": b"weights " * 5000}


@pytest.fixture
def model(file_of: FileOf) -> Model:
    files = tuple(file_of(path, content) for path, content in CONTENTS.items())
    return Model("little", "whisper", "MIT", "A little model", files, (Hub("me/little", "abc"),))


@pytest.fixture
def store(tmp_path: Path, model: Model) -> ModelStore:
    return ModelStore(tmp_path / "models", catalogue=[model])


@pytest.fixture
def full_hub(hub: Any) -> Any:
    hub.files.update({f"me/little/{path}": content for path, content in CONTENTS.items()})
    return hub


def put(folder: Path, contents: dict[str, bytes] = CONTENTS) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in contents.items():
        (folder / path).write_bytes(content)


class TestGet:
    def test_a_model_is_fetched_once(self, store: ModelStore, full_hub: Any) -> None:
        folder = store.get("little")
        assert {path: (folder / path).read_bytes() for path in CONTENTS} == CONTENTS
        assert store.get("little") == store.path("little") == folder
        assert len(full_hub.requests) == 2

    def test_progress_rises_to_the_whole(self, store: ModelStore, full_hub: Any, model: Model) -> None:
        told: list[tuple[int, int]] = []
        store.get("little", lambda here, there: told.append((here, there)))
        assert told == sorted(set(told))
        assert told[-1] == (model.size, model.size)

    def test_an_interrupted_download_is_continued(self, store: ModelStore, full_hub: Any) -> None:
        put(store.root / "little", {"model.bin.part": CONTENTS["model.bin"][:100]})
        assert store.status("little").state is ModelState.PARTIAL
        store.get("little")
        assert ("me/little/model.bin", "bytes=100-") in full_hub.requests

    def test_a_file_with_another_digest_is_refused(self, store: ModelStore, full_hub: Any) -> None:
        full_hub.files["me/little/model.bin"] = b"WEIGHTS " * 5000
        with pytest.raises(ModelUnavailableError, match=r"model\.bin is not the announced file"):
            store.get("little")
        assert not (store.root / "little" / "model.bin").exists()
        assert store.status("little").state is ModelState.PARTIAL

    def test_a_damaged_file_is_fetched_again_and_the_others_are_not(self, store: ModelStore, full_hub: Any) -> None:
        folder = store.get("little")
        full_hub.requests.clear()
        (folder / "config.json").write_bytes(b"{}")
        assert store.status("little").state is ModelState.CORRUPT
        store.get("little")
        assert [name for name, _ in full_hub.requests] == ["me/little/config.json"]
        assert store.status("little").state is ModelState.PRESENT

    def test_two_at_once_fetch_once(self, store: ModelStore, full_hub: Any, model: Model) -> None:
        stores = [store, ModelStore(store.root, catalogue=[model])]
        threads = [threading.Thread(target=each.get, args=("little",)) for each in stores]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(name for name, _ in full_hub.requests) == ["me/little/config.json", "me/little/model.bin"]

    def test_what_a_killed_run_left_is_swept_away(self, store: ModelStore, full_hub: Any) -> None:
        put(store.root / "little" / ".packages-xyz", {"half.whl": b"x"})
        folder = store.get("little")
        assert not (folder / ".packages-xyz").exists()


class TestSources:
    def test_a_folder_is_asked_first(self, tmp_path: Path, model: Model, full_hub: Any) -> None:
        put(tmp_path / "stick" / "little")
        store = ModelStore(tmp_path / "models", catalogue=[model], folders=[tmp_path / "stick"])
        store.get("little")
        assert full_hub.requests == []
        assert store.status("little").state is ModelState.PRESENT

    def test_folders_are_named_in_the_environment(
        self, tmp_path: Path, model: Model, no_network: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(tmp_path / "stick" / "little")
        monkeypatch.setenv("SOW_MODELS_SOURCES", str(tmp_path / "stick"))
        monkeypatch.setenv("SOW_MODELS_DIR", str(tmp_path / "models"))
        assert ModelStore(catalogue=[model]).get("little") == tmp_path / "models" / "little"

    def test_the_next_source_brings_what_the_first_could_not(
        self, tmp_path: Path, model: Model, hub: Any, make_wheel: MakeWheel
    ) -> None:
        hub.files["me/little/config.json"] = CONTENTS["config.json"]
        make_wheel("little-weights", {"little_weights/model.bin": CONTENTS["model.bin"]})
        packages = Packages(
            (
                Member("config.json", "not-in-the-index==1.0", "config.json"),
                Member("model.bin", "little-weights==1.0", "little_weights/model.bin"),
            )
        )
        both = Model("little", "whisper", "MIT", "", model.files, (*model.sources, packages))
        folder = ModelStore(tmp_path / "models", catalogue=[both]).get("little")
        assert {path: (folder / path).read_bytes() for path in CONTENTS} == CONTENTS

    def test_the_error_names_every_source_and_its_reason(self, tmp_path: Path, model: Model, no_network: None) -> None:
        store = ModelStore(tmp_path / "models", catalogue=[model], folders=[tmp_path / "stick"])
        with pytest.raises(ModelUnavailableError) as caught:
            store.get("little")
        lines = str(caught.value).splitlines()
        assert lines[0] == "The model little could not be fetched. Tried:"
        assert lines[1] == f"  {tmp_path / 'stick' / 'little'}: config.json is not there"
        assert lines[2].startswith("  http://127.0.0.1:9/me/little: no connection")
        assert "by hand" in lines[3]
        assert store.status("little").state is ModelState.ABSENT


class TestTrouble:
    def test_an_unknown_name(self, store: ModelStore) -> None:
        with pytest.raises(ModelUnavailableError, match=r"There is no model big\. There are: little"):
            store.get("big")

    def test_a_disk_that_is_too_small(self, tmp_path: Path) -> None:
        huge = Model("huge", "whisper", "MIT", "", (ModelFile("model.bin", "0" * 64, 10**18),), (Hub("me/huge", "a"),))
        with pytest.raises(ModelUnavailableError, match="needs 1000000000000 MB"):
            ModelStore(tmp_path, catalogue=[huge]).get("huge")

    def test_a_place_that_cannot_be_written(self, tmp_path: Path, model: Model) -> None:
        (tmp_path / "file").write_text("in the way")
        store = ModelStore(tmp_path / "file" / "models", catalogue=[model])
        assert store.status("little").state is ModelState.ABSENT
        with pytest.raises(ModelUnavailableError, match="cannot be written"):
            store.get("little")


class TestStates:
    def test_absent(self, store: ModelStore) -> None:
        assert [status.state for status in store.list()] == [ModelState.ABSENT]
        with pytest.raises(ModelUnavailableError, match=r"not on disk\. Get it with: sow models get little"):
            store.path("little")

    def test_files_put_there_by_hand_are_present_if_they_are_right(self, store: ModelStore) -> None:
        put(store.root / "little")
        assert store.path("little") == store.root / "little"
        assert store.get("little") == store.root / "little"

    def test_damage_that_keeps_size_and_time_is_found_by_verify(self, store: ModelStore) -> None:
        put(store.root / "little")
        assert store.status("little").state is ModelState.PRESENT
        path = store.root / "little" / "model.bin"
        before = path.stat()
        path.write_bytes(b"WEIGHTS " * 5000)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert store.verify("little").state is ModelState.CORRUPT
        assert store.status("little").state is ModelState.CORRUPT
        with pytest.raises(ModelUnavailableError, match="damaged"):
            store.path("little")

    def test_a_broken_record_is_no_harm(self, store: ModelStore) -> None:
        put(store.root / "little", {**CONTENTS, ".record.json": b"\xff{nonsense"})
        assert store.status("little").state is ModelState.PRESENT

    def test_bytes_on_disk_are_counted(self, store: ModelStore, model: Model) -> None:
        put(store.root / "little")
        assert store.status("little").bytes_on_disk == model.size

    def test_remove_frees_the_space(self, store: ModelStore, model: Model) -> None:
        assert store.remove("little") == 0
        put(store.root / "little")
        assert store.remove("little") == model.size
        assert store.status("little").state is ModelState.ABSENT


class TestConversion:
    @pytest.fixture
    def converted(self, tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch) -> Model:
        (tmp_path / "shout.py").write_text(
            "def convert(fetched, made):\n"
            "    (made / 'shouted.bin').write_bytes((fetched / 'model.bin').read_bytes().upper())\n"
            "def fail(fetched, made):\n"
            "    raise RuntimeError('hoarse')\n"
        )
        monkeypatch.syspath_prepend(tmp_path)
        return Model(
            "loud", "test", "MIT", "", model.files, model.sources, Conversion("shout:convert", ("shouted.bin",), "1")
        )

    def test_the_output_is_kept_and_the_input_is_not(self, tmp_path: Path, converted: Model, full_hub: Any) -> None:
        store = ModelStore(tmp_path / "models", catalogue=[converted])
        folder = store.get("loud")
        assert (folder / "shouted.bin").read_bytes() == CONTENTS["model.bin"].upper()
        assert {path.name for path in folder.iterdir()} == {"shouted.bin", ".record.json"}
        assert store.get("loud") == folder
        assert len(full_hub.requests) == 2

    def test_damage_to_the_output_is_found_and_mended(self, tmp_path: Path, converted: Model, full_hub: Any) -> None:
        store = ModelStore(tmp_path / "models", catalogue=[converted])
        folder = store.get("loud")
        (folder / "shouted.bin").write_bytes(b"quiet")
        assert store.status("loud").state is ModelState.CORRUPT
        store.get("loud")
        digest = hashlib.sha256((folder / "shouted.bin").read_bytes()).hexdigest()
        assert digest == hashlib.sha256(CONTENTS["model.bin"].upper()).hexdigest()

    def test_a_new_version_of_the_conversion_makes_it_anew(
        self, tmp_path: Path, converted: Model, full_hub: Any
    ) -> None:
        ModelStore(tmp_path / "models", catalogue=[converted]).get("loud")
        conversion = Conversion("shout:convert", ("shouted.bin",), "2")
        newer = Model("loud", "test", "MIT", "", converted.files, converted.sources, conversion)
        store = ModelStore(tmp_path / "models", catalogue=[newer])
        assert store.status("loud").state is ModelState.PARTIAL
        store.get("loud")
        assert store.status("loud").state is ModelState.PRESENT

    def test_a_conversion_that_fails_is_said_and_can_be_tried_again(
        self, tmp_path: Path, converted: Model, full_hub: Any
    ) -> None:
        conversion = Conversion("shout:fail", ("shouted.bin",), "1")
        failing = Model("loud", "test", "MIT", "", converted.files, converted.sources, conversion)
        with pytest.raises(ModelUnavailableError, match="could not be converted: hoarse"):
            ModelStore(tmp_path / "models", catalogue=[failing]).get("loud")
        ModelStore(tmp_path / "models", catalogue=[converted]).get("loud")
        assert len(full_hub.requests) == 2


class TestCatalogue:
    def test_names_are_unique(self) -> None:
        names = [model.name for model in CATALOGUE]
        assert len(names) == len(set(names))

    @pytest.mark.parametrize("model", CATALOGUE, ids=lambda model: model.name)
    def test_every_file_has_a_digest_and_a_size(self, model: Model) -> None:
        assert model.licence
        assert model.sources
        for file in model.files:
            assert len(bytes.fromhex(file.sha256)) == 32
            assert file.size > 0

    def test_packages_hold_every_file_of_their_model(self) -> None:
        sources = [(model, source) for model in CATALOGUE for source in model.sources if isinstance(source, Packages)]
        assert sources
        for model, source in sources:
            assert {member.file for member in source.members} == {file.path for file in model.files}
