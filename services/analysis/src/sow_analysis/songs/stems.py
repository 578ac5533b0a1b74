"""The stems of songs: what a recording was separated into, by each model, in the storage beside it.

As with analyses, there is no table: stems hang on the recording and the model alone. A model's stems count as there
only when all of them are, so those of a separation whose upload broke off are made again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sow_analysis.songs.errors import StemNotFoundError
from sow_analysis.stems import STEM_MODELS
from sow_analysis.storage import Storage, keys

MEDIA_TYPE = "audio/flac"


@dataclass(frozen=True, slots=True)
class StoredStem:
    """One stem of a song, and the model that made it. `size` is in bytes."""

    content_hash: str
    model: str
    name: str
    size: int

    @property
    def key(self) -> str:
        """Of its object."""
        return keys.stem(self.content_hash, self.model, self.name)


class StemStore:
    """Where stems are read and written."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def put(self, content_hash: str, model: str, files: Sequence[Path]) -> None:
        """Keep the stems that a model made, each a FLAC file with the stem's name.

        Raises:
            StorageError: the storage fails.
        """
        for file in files:
            await self._storage.put(keys.stem(content_hash, model, file.stem), file, MEDIA_TYPE)

    async def list(self, content_hash: str) -> tuple[StoredStem, ...]:
        """Give the stems of a recording, those of each model in its order.

        Raises:
            StorageError: the storage fails.
        """
        found = await asyncio.gather(*(self.of_model(content_hash, model) for model in STEM_MODELS))
        return tuple(stem for stems in found for stem in stems)

    async def of_model(self, content_hash: str, model: str) -> tuple[StoredStem, ...]:
        """Give all the stems that a model makes of a recording; none if one is missing, or nobody knows the model.

        Raises:
            StorageError: the storage fails.
        """
        names = STEM_MODELS.get(model, ())
        sizes = await asyncio.gather(*(self._storage.size(keys.stem(content_hash, model, name)) for name in names))
        stems = [
            StoredStem(content_hash, model, name, size)
            for name, size in zip(names, sizes, strict=True)
            if size is not None
        ]
        return tuple(stems) if len(stems) == len(names) else ()

    async def get(self, content_hash: str, name: str, model: str | None) -> StoredStem:
        """Give one stem; without a model, that of the first that made it.

        Raises:
            StemNotFoundError: there is none.
            StorageError: the storage fails.
        """
        for maker in STEM_MODELS if model is None else (model,):
            for stem in await self.of_model(content_hash, maker):
                if stem.name == name:
                    return stem
        by = f" by {model}" if model else ""
        raise StemNotFoundError(f"The song {content_hash[:12]} has no stem {name}{by}.")

    async def download(self, stem: StoredStem, destination: Path) -> None:
        """Copy a stem to a file.

        Raises:
            StorageError: the storage fails.
        """
        await self._storage.download(stem.key, destination)
