"""The one place where models lie: found by name, fetched when absent, checked before they are used."""

from __future__ import annotations

import errno
import os
import pkgutil
import shutil
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

from sow_analysis.errors import ModelUnavailableError
from sow_analysis.models.catalogue import CATALOGUE
from sow_analysis.models.manifest import Conversion, Converter, Model
from sow_analysis.models.record import Record
from sow_analysis.models.sources import Folder, ModelFile, SourceError, sha256_of

Progress = Callable[[int, int], None]
"""Called with the bytes that are here and the bytes that there will be."""

_FETCHED = ".fetched"  # where the files of a model lie that is to be converted
_LEFTOVERS = ("**/.packages-*", ".converted", "**/*.copy")


class ModelState(StrEnum):
    """How much of a model is on disk."""

    ABSENT = "absent"
    PARTIAL = "partial"
    """Begun: `get` goes on from here."""
    PRESENT = "present"
    CORRUPT = "corrupt"
    """A file is not what it should be: `get` fetches it again."""


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """A model of the catalogue and what is there of it."""

    model: Model
    state: ModelState
    path: Path
    bytes_on_disk: int


class ModelStore:
    """Models in folders of their names below one root.

    Args:
        root: where they lie; by default the environment variable SOW_MODELS_DIR, else the user's cache folder.
        catalogue: the models that there are.
        folders: places on this machine that hold copies, each a folder of folders of the models' names; asked before
            all other sources. By default those in SOW_MODELS_SOURCES, separated as in PATH.
    """

    def __init__(
        self,
        root: Path | None = None,
        *,
        catalogue: Sequence[Model] = CATALOGUE,
        folders: Sequence[Path] | None = None,
    ) -> None:
        named = os.environ.get("SOW_MODELS_DIR")
        self.root = root or (Path(named) if named else user_cache_path("stream-of-worship") / "models")
        self._catalogue = {model.name: model for model in catalogue}
        if folders is None:
            folders = [Path(name) for name in os.environ.get("SOW_MODELS_SOURCES", "").split(os.pathsep) if name]
        self._folders = tuple(folders)

    def list(self) -> tuple[ModelStatus, ...]:
        """Give every model of the catalogue, in its order. Files that changed since their last check are hashed."""
        return tuple(self.status(name) for name in self._catalogue)

    def status(self, name: str) -> ModelStatus:
        """Give one model's status.

        Raises:
            ModelUnavailableError: the catalogue has no such model.
        """
        return self._status(self.model(name), afresh=False)

    def verify(self, name: str) -> ModelStatus:
        """Like `status`, but every byte is read again.

        Raises:
            ModelUnavailableError: the catalogue has no such model.
        """
        return self._status(self.model(name), afresh=True)

    def path(self, name: str) -> Path:
        """Give the folder of a model that is there.

        Raises:
            ModelUnavailableError: it is not, or not whole.
        """
        status = self.status(name)
        if status.state is not ModelState.PRESENT:
            what = {
                ModelState.ABSENT: "is not on disk",
                ModelState.PARTIAL: "is only partly on disk",
                ModelState.CORRUPT: f"is damaged on disk (in {status.path})",
            }[status.state]
            raise ModelUnavailableError(f"The model {name} {what}. Get it with: sow models get {name}")
        return status.path

    def get(self, name: str, progress: Progress | None = None) -> Path:
        """Give the folder of a model; fetch what is missing or damaged. Another process doing so is waited for.

        Raises:
            ModelUnavailableError: no source has it, or it cannot be written; the message has each source's reason.
        """
        model = self.model(name)
        status = self._status(model, afresh=False)
        if status.state is ModelState.PRESENT:
            return status.path
        folder = status.path
        try:
            with self._locked(name):
                if self._status(model, afresh=False).state is not ModelState.PRESENT:
                    folder.mkdir(parents=True, exist_ok=True)
                    _sweep(folder)
                    self._bring(model, folder, progress or _ignore)
        except OSError as error:
            room = " Make room there, or name another place with SOW_MODELS_DIR." if error.errno == errno.ENOSPC else ""
            raise ModelUnavailableError(
                f"The model {name} cannot be written to {folder}: {error.strerror or error}.{room}"
            ) from error
        return folder

    def remove(self, name: str) -> int:
        """Delete what is there of a model; give the bytes that this freed.

        Raises:
            ModelUnavailableError: the catalogue has no such model, or it cannot be deleted.
        """
        folder = self.root / self.model(name).name
        if not folder.exists():
            return 0
        freed = _bytes_in(folder)
        try:
            with self._locked(name):
                shutil.rmtree(folder)
        except OSError as error:
            raise ModelUnavailableError(f"{folder} cannot be deleted: {error.strerror or error}.") from error
        return freed

    def model(self, name: str) -> Model:
        """Give what the catalogue says of a model.

        Raises:
            ModelUnavailableError: it has none of that name.
        """
        if name not in self._catalogue:
            raise ModelUnavailableError(f"There is no model {name}. There are: {', '.join(self._catalogue)}.")
        return self._catalogue[name]

    @contextmanager
    def _locked(self, name: str) -> Generator[None]:
        locks = self.root / ".locks"
        locks.mkdir(parents=True, exist_ok=True)
        with FileLock(locks / f"{name}.lock"):
            yield

    def _status(self, model: Model, *, afresh: bool) -> ModelStatus:
        folder = self.root / model.name
        if not folder.is_dir():
            return ModelStatus(model, ModelState.ABSENT, folder, 0)
        record = Record.read(folder)
        if model.conversion is None:
            states = [_state_of(folder, file.path, file.sha256, record, afresh) for file in model.files]
        elif record.conversion != model.conversion.version:
            states = [ModelState.ABSENT]
        else:
            states = [
                _state_of(folder, path, record.outputs.get(path), record, afresh) for path in model.conversion.outputs
            ]
        record.write(folder)
        size = _bytes_in(folder)
        if ModelState.CORRUPT in states:
            state = ModelState.CORRUPT
        elif ModelState.ABSENT not in states:
            state = ModelState.PRESENT
        else:
            state = ModelState.PARTIAL if size else ModelState.ABSENT
        return ModelStatus(model, state, folder, size)

    def _bring(self, model: Model, folder: Path, progress: Progress) -> None:
        if model.conversion is None:
            self._fetch(model, folder, progress)
        else:
            self._fetch(model, folder / _FETCHED, progress)
            _convert(model, model.conversion, folder)

    def _fetch(self, model: Model, folder: Path, progress: Progress) -> None:
        """Ask one source after the other for what is still missing in `folder`."""
        folder.mkdir(exist_ok=True)
        record = Record.read(folder)
        missing = _missing(model.files, folder, record)
        _check_room(model, folder, missing)
        tally = _Tally(model.size, progress)
        failures: list[str] = []
        for source in (*(Folder(place / model.name) for place in self._folders), *model.sources):
            if not missing:
                break
            tally.start(model.size - sum(file.size for file in missing))
            try:
                source.fetch(missing, folder, tally.add)
            except SourceError as error:
                failures.append(f"  {source.label}: {error}")
            missing = _missing(model.files, folder, record)
        record.write(folder)
        if missing:
            tried = "\n".join(failures) or "  no source is known for it"
            raise ModelUnavailableError(
                f"The model {model.name} could not be fetched. Tried:\n{tried}\n"
                f"Check the network, or put {', '.join(file.path for file in missing)} into {folder} by hand."
            )


class _Tally:
    """Turns what one source has brought into what is there in all; never falls, though a second source begins anew."""

    def __init__(self, size: int, progress: Progress) -> None:
        self._size = size
        self._progress = progress
        self._before = 0
        self._told = -1

    def start(self, before: int) -> None:
        self._before = before
        self.add(0)

    def add(self, brought: int) -> None:
        here = min(self._before + brought, self._size)
        if here > self._told:
            self._told = here
            self._progress(here, self._size)


def _state_of(folder: Path, path: str, sha256: str | None, record: Record, afresh: bool) -> ModelState:
    try:
        right = record.digest(folder, path, afresh=afresh) == sha256
    except FileNotFoundError:
        return ModelState.ABSENT
    except OSError:
        return ModelState.CORRUPT
    return ModelState.PRESENT if right else ModelState.CORRUPT


def _missing(files: Sequence[ModelFile], folder: Path, record: Record) -> tuple[ModelFile, ...]:
    """Give the files that are not there; those that are there but wrong are deleted first."""
    missing: list[ModelFile] = []
    for file in files:
        state = _state_of(folder, file.path, file.sha256, record, afresh=False)
        if state is ModelState.CORRUPT:
            (folder / file.path).unlink()
        if state is not ModelState.PRESENT:
            missing.append(file)
    return tuple(missing)


def _check_room(model: Model, folder: Path, missing: Sequence[ModelFile]) -> None:
    begun = sum(path.stat().st_size for path in folder.rglob("*.part"))
    needed = sum(file.size for file in missing) - begun
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise ModelUnavailableError(
            f"The model {model.name} needs {needed / 1e6:.0f} MB in {folder}, but only {free / 1e6:.0f} MB are free. "
            "Make room there, or name another place with SOW_MODELS_DIR."
        )


def _convert(model: Model, conversion: Conversion, folder: Path) -> None:
    made = folder / ".converted"
    made.mkdir()
    convert: Converter = pkgutil.resolve_name(conversion.convert)
    try:
        convert(folder / _FETCHED, made)
    except Exception as error:
        raise ModelUnavailableError(
            f"The model {model.name} was fetched but could not be converted: {error}"
        ) from error
    absent = [path for path in conversion.outputs if not (made / path).is_file()]
    if absent:
        raise ModelUnavailableError(f"The conversion of the model {model.name} did not make {', '.join(absent)}.")
    record = Record(conversion=conversion.version)
    for path in conversion.outputs:
        record.outputs[path] = sha256_of(made / path)
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).replace(folder / path)
    record.write(folder)
    shutil.rmtree(made)
    shutil.rmtree(folder / _FETCHED)


def _sweep(folder: Path) -> None:
    """Delete what a run that was killed left behind, but for what the next one goes on from."""
    for pattern in _LEFTOVERS:
        for path in tuple(folder.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _bytes_in(folder: Path) -> int:
    return sum(
        path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".record.json")
    )


def _ignore(_here: int, _all: int) -> None:
    pass
