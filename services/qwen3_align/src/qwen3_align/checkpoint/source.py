"""Where a checkpoint comes from: a folder, or a repository of the Hugging Face hub at one revision."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from huggingface_hub import snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import tqdm
from platformdirs import user_cache_path

from qwen3_align.checkpoint.conversion import native_copy
from qwen3_align.checkpoint.layout import read_layout
from qwen3_align.errors import HubUnreachableError, ModelError, ModelNotFoundError, ModelNotOnDiskError

DEFAULT_MODEL = "Qwen/Qwen3-ForcedAligner-0.6B-hf"
_FILES = ("*.json", "*.safetensors", "merges.txt", "*.jinja")
"""What is needed of a repository; not its page, nor weights in other formats."""
_LOG = logging.getLogger(__name__)

Report = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Which checkpoint to use."""

    model: str = DEFAULT_MODEL
    """A repository of the hub, or the path of a folder."""
    revision: str | None = None
    """Branch, tag or commit of the repository; None is its main branch."""
    offline: bool = False
    """Use only what is on disk."""
    cache_dir: Path | None = None
    """Where downloads and converted copies go; None: the hub's own cache, and the user's cache folder."""

    @property
    def is_folder(self) -> bool:
        """Whether `model` is a path: one that exists, or one that no repository could be called."""
        is_path = self.model.startswith((".", "/", "~")) or self.model.count("/") > 1
        return is_path or Path(self.model).is_dir()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint on disk, in the native layout."""

    folder: Path
    revision: str | None
    """The commit, if it is from the hub."""


def fetch(source: ModelSource, report: Report) -> Checkpoint:
    """Bring the files here, in whatever layout they are published. For a folder there is nothing to do.

    Raises:
        ModelNotFoundError: there is no such folder, repository or revision, or the hub does not let us have it.
        ModelNotOnDiskError: `offline`, and it was never downloaded whole.
        HubUnreachableError: the hub does not answer, or the download broke off.
        ModelError: it cannot be written.
    """
    if source.is_folder:
        folder = Path(source.model).expanduser()
        if not folder.is_dir():
            raise ModelNotFoundError(f"There is no folder {folder}. Name one, or a repository of the hub.")
        return Checkpoint(folder.resolve(), None)
    folder = Path(_download(source, report))
    report(1.0)
    return Checkpoint(folder, folder.name)


def make_native(checkpoint: Checkpoint, source: ModelSource, report: Report) -> Checkpoint:
    """Give the checkpoint in the native layout; convert it first if need be.

    Raises:
        NotAnAlignerError: it is not the aligner, or not whole.
        ModelError: the converted copy cannot be written.
    """
    if read_layout(checkpoint.folder) == "native":
        return checkpoint
    root = source.cache_dir or user_cache_path("qwen3-align")
    try:
        return Checkpoint(native_copy(checkpoint.folder, root / "converted", report), checkpoint.revision)
    except OSError as error:
        raise ModelError(f"The converted model cannot be written to {root}: {error}. Make room there.") from error


def _download(source: ModelSource, report: Report) -> str:
    where = f"{source.model}" + (f" at revision {source.revision}" if source.revision else "")
    try:
        return snapshot_download(
            source.model,
            revision=source.revision,
            cache_dir=None if source.cache_dir is None else source.cache_dir / "hub",
            local_files_only=source.offline,
            allow_patterns=list(_FILES),
            tqdm_class=_reporting_bar(report),
        )
    except LocalEntryNotFoundError as error:
        if source.offline:
            raise ModelNotOnDiskError(
                f"The model {where} is not on this disk, or not whole, and the settings forbid to download it. "
                "Start once with the network allowed, or name a folder that holds it."
            ) from error
        raise HubUnreachableError(
            f"The model {where} is not on this disk, and the hub cannot be reached: {_cause(error)}."
        ) from error
    except (HFValidationError, RepositoryNotFoundError, GatedRepoError, RevisionNotFoundError) as error:
        raise ModelNotFoundError(f"The hub does not give us the model {where}: {error}") from error
    except (HfHubHTTPError, httpx2.HTTPError) as error:
        raise HubUnreachableError(f"The download of {where} broke off: {error}") from error
    except OSError as error:
        raise ModelError(f"The download of {where} cannot be written: {error}") from error


def _cause(error: BaseException) -> str:
    """Name what lies at the bottom of a chain of errors: the hub's own texts are long and of no help here."""
    while error.__cause__ is not None:
        error = error.__cause__
    return f"{error}".strip().rstrip(".") or type(error).__name__


def _reporting_bar(report: Report) -> type[tqdm]:
    """Make a progress bar that draws nothing and tells `report` what share of the bytes has come.

    The share is of the files that the hub's client knows of by then, so it may fall in the first moments.
    """

    class Bar(tqdm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            self._bytes = kwargs.get("unit") == "B" and "econstruct" in str(kwargs.get("desc"))
            kwargs["disable"] = True
            super().__init__(*args, **kwargs)
            self.total: float | None = kwargs.get("total")
            self.n: float = 0

        def update(self, n: float | None = 1) -> bool | None:
            self.n += n or 0
            if self._bytes and self.total:
                report(min(1.0, self.n / self.total))
            return None

    return Bar
