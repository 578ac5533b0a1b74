"""Where checkpoints are: allin1's on the hub or in a folder, Demucs's in the cache of demucs-infer or in a folder.

Files of torch are pickles, which can run any code. allin1's are read with torch's reader for weights alone, which
refuses everything but tensors and plain values. Demucs's name the class of their network, so that reader is told of
Demucs's classes; the published files, known by their SHA-256, may be read by demucs-infer in its own way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch

from music_models.errors import ModelUnavailableError, ModelUnusableError
from music_models.upstream import allin1

HUB_REPOSITORY = "taejunkim/allinone"
STRUCTURE_MODEL, SEPARATOR = "harmonix-all", "htdemucs"
"""What is used unless the caller says otherwise."""


def is_folder(model: str) -> bool:
    """Whether this is a path, and no name of a model."""
    return "/" in model or model.startswith((".", "~")) or Path(model).is_dir()


def structure_files(model: str, *, offline: bool) -> tuple[Path, ...]:
    """Files of allin1's networks: several for an ensemble. They are fetched if they may be.

    Raises:
        ModelUnavailableError: there is no such model or folder, nothing in it, or the hub cannot be reached.
    """
    if is_folder(model):
        return _in_folder(Path(model).expanduser(), "*.pth")
    parts = allin1()
    names = parts.ensembles.get(model, [model])
    if unknown := [name for name in names if name not in parts.files]:
        known = ", ".join([*parts.ensembles, *parts.files])
        raise ModelUnavailableError(f"There is no model {unknown[0]!r}. There are: {known}; or name a folder.")
    return tuple(_from_hub(parts.files[name], offline=offline) for name in names)


def _in_folder(folder: Path, pattern: str) -> tuple[Path, ...]:
    if not folder.is_dir():
        raise ModelUnavailableError(f"There is no folder {folder}. Name one that holds checkpoints ({pattern}).")
    if not (files := tuple(sorted(folder.glob(pattern)))):
        raise ModelUnavailableError(f"There is no checkpoint ({pattern}) in the folder {folder}. Put one there.")
    return files


def _from_hub(file: str, *, offline: bool) -> Path:
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(hf_hub_download(HUB_REPOSITORY, file, local_files_only=offline))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        why = "downloads are forbidden" if offline else f"the hub does not give it ({type(error).__name__})"
        raise ModelUnavailableError(
            f"The checkpoint {file} is not on this disk, and {why}. Run `music-models check --fetch` where the network "
            f"allows it, or fetch the file from huggingface.co/{HUB_REPOSITORY} and name its folder."
        ) from error


def read_structure_file(file: Path) -> dict[str, Any]:
    """The contents of a checkpoint of allin1: `config` and `state_dict`.

    Raises:
        ModelUnusableError: it is damaged, holds code, or is of another kind.
    """
    with torch.serialization.safe_globals(_numbers()):
        contents = _read(file)
    if not isinstance(contents, dict) or not {"config", "state_dict"} <= contents.keys():
        raise ModelUnusableError(f"{file} is no checkpoint of allin1: it lacks a configuration or weights.")
    return contents


def separator(model: str, *, offline: bool) -> Any:
    """A network of Demucs, on the CPU: that of the name, which is fetched if it may be, or that of the folder.

    A folder holds one `.th` file, or several and a `.yaml` that says how they are mixed, as in Demucs's collections.

    Raises:
        ModelUnavailableError: there is no such model or folder, nothing in it, or it cannot be fetched.
        ModelUnusableError: it is damaged, holds code, or is of another kind.
    """
    from demucs_infer.checkpoint_runtime import CheckpointRuntime
    from demucs_infer.repo import ModelLoadingError

    if is_folder(model):
        return _folder_separator(Path(model).expanduser())
    runtime = CheckpointRuntime(model)
    if not (files := runtime.resolve().paths):
        raise ModelUnavailableError(f"There is no model {model!r} of Demucs. `htdemucs` is one; or name a folder.")
    missing = [file for file in files if not file.is_file()]
    if missing and offline:
        raise ModelUnavailableError(_not_there(missing[0], "downloads are forbidden"))
    try:
        return runtime.load_registered_model()
    except (OSError, ValueError) as error:  # of urllib are OSErrors, of a wrong SHA-256 a ValueError
        if missing:
            raise ModelUnavailableError(_not_there(missing[0], f"it cannot be fetched ({error})")) from error
        raise ModelUnusableError(f"The checkpoint {files[0]} cannot be read: {error}. Delete it.") from error
    except (ModelLoadingError, RuntimeError) as error:
        raise ModelUnusableError(f"The checkpoint {files[0]} cannot be used: {_first_line(error)}") from error


def separator_files(model: str) -> tuple[Path, ...]:
    """Where the files of a network of Demucs are or would be."""
    if is_folder(model):
        return _in_folder(Path(model).expanduser(), "*.th")
    from demucs_infer.checkpoint_runtime import CheckpointRuntime

    return tuple(CheckpointRuntime(model).resolve().paths)


def _folder_separator(folder: Path) -> Any:
    import yaml
    from demucs_infer.apply import BagOfModels
    from demucs_infer.repo import ModelLoadingError

    files = {file.stem.split("-", 1)[0]: file for file in _in_folder(folder, "*.th")}
    recipes = sorted(folder.glob("*.yaml"))
    if len(files) > 1 and not recipes:
        raise ModelUnusableError(f"{folder} holds several checkpoints and no .yaml that says how they are mixed.")
    try:
        recipe: Any = yaml.safe_load(recipes[0].read_text(encoding="utf-8")) if recipes else {"models": list(files)}
        networks = [_network(files[signature]) for signature in recipe["models"]]
        return BagOfModels(networks, recipe.get("weights"), recipe.get("segment")).eval()
    except KeyError as error:
        raise ModelUnusableError(f"{folder}: {recipes[0].name} names {error}, which is not there.") from error
    except (ModelLoadingError, RuntimeError, AssertionError, TypeError, ValueError, OSError, yaml.YAMLError) as error:
        raise ModelUnusableError(f"The models in {folder} cannot be used: {_first_line(error)}") from error


def _network(file: Path) -> Any:
    """One network; a file whose name ends in a checksum must have it."""
    from demucs_infer.repo import check_checksum
    from demucs_infer.states import load_model

    if "-" in file.stem:
        check_checksum(file, file.stem.split("-", 1)[1])
    return load_model(file if _is_published(file) else _read_package(file))


def _read_package(file: Path) -> dict[str, Any]:
    from fractions import Fraction

    from demucs_infer.demucs import Demucs
    from demucs_infer.hdemucs import HDemucs
    from demucs_infer.htdemucs import HTDemucs

    known: list[Any] = [*_numbers(), Fraction]
    for kind in (HTDemucs, HDemucs, Demucs):
        module = kind.__module__.removeprefix("demucs_infer")
        known += [(kind, f"{package}{module}.{kind.__name__}") for package in ("demucs", "demucs_infer")]
    with torch.serialization.safe_globals(known):
        contents = _read(file)
    if not isinstance(contents, dict) or not {"klass", "args", "kwargs", "state"} <= contents.keys():
        raise ModelUnusableError(f"{file} is no checkpoint of Demucs: it lacks a class or weights.")
    return contents


def _is_published(file: Path) -> bool:
    from demucs_infer.checkpoint_catalog import get_checkpoint_artifact

    artifact = get_checkpoint_artifact(file.stem.split("-", 1)[0])
    if artifact is None:
        return False
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == artifact.sha256


def _read(file: Path) -> Any:
    try:
        return torch.load(file, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        raise ModelUnusableError(f"{file} holds more than weights, or is damaged: it was not read.") from error
    except (RuntimeError, EOFError, ValueError, OSError) as error:
        raise ModelUnusableError(f"{file} cannot be read: {_first_line(error)}") from error


def _numbers() -> list[Any]:
    """numpy's scalars, which trainers leave among thresholds; older versions call their maker by another name."""
    from numpy._core.multiarray import scalar

    kinds: Iterable[Any] = {type(np.dtype(name)) for name in ("float32", "float64", "int32", "int64", "bool")}
    return [scalar, (scalar, "numpy.core.multiarray.scalar"), np.dtype, *kinds]


def _not_there(file: Path, why: str) -> str:
    return (
        f"The checkpoint {file.name} is not on this disk, and {why}. Put it into {file.parent}, or run "
        "`music-models check --fetch` where the network allows it."
    )


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n", 1)[0] or type(error).__name__
