"""allin1's own network and its reading of the network's output, and nothing else of that package.

Two things are set up first. Its modules import four functions of natten, under whose name `neighbourhood` is put. And
importing the package runs its `__init__`, which imports plotting, sound synthesis and the first Demucs; so an empty
module with the package's path stands in its place, and the modules that we need are imported from there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from music_models import neighbourhood
from music_models.errors import MusicModelsError


@dataclass(frozen=True, slots=True)
class AllIn1:
    """The parts of allin1 that we use."""

    model: Callable[[Any], Any]
    """Makes the network from a configuration."""
    ensemble: Callable[[list[Any]], Any]
    """Makes one network of several, whose outputs are averaged."""
    files: dict[str, str]
    """File on the hub for each name of a model."""
    ensembles: dict[str, list[str]]
    """Names of the models in each ensemble."""
    labels: tuple[str, ...]
    """What a section can be called."""
    metre: Callable[[Any, Any], dict[str, list[Any]]]
    """Beats, downbeats and beat positions from output and configuration."""
    sections: Callable[[Any, Any], list[Any]]
    """Sections from output and configuration."""
    tempo: Callable[[list[float]], int | None]
    """Beats a minute from the times of beats."""


@cache
def allin1() -> AllIn1:
    """Import it.

    Raises:
        MusicModelsError: it is not installed.
    """
    spec = find_spec("allin1")
    if spec is None or spec.submodule_search_locations is None:
        raise MusicModelsError("allin1 is not installed. Run `make services/music_models/.venv/installed`.")
    functions = ModuleType("natten.functional")
    functions.__dict__.update(
        natten1dqkrpb=neighbourhood.scores_1d,
        natten1dav=neighbourhood.mixed_1d,
        natten2dqkrpb=neighbourhood.scores_2d,
        natten2dav=neighbourhood.mixed_2d,
    )
    package = ModuleType("allin1")
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules.update({"natten": ModuleType("natten"), "natten.functional": functions, "allin1": package})
    models, loaders = import_module("allin1.models.allinone"), import_module("allin1.models.loaders")
    reading = import_module("allin1.postprocessing")
    return AllIn1(
        model=models.AllInOne,
        ensemble=import_module("allin1.models.ensemble").Ensemble,
        files=loaders.NAME_TO_FILE,
        ensembles=loaders.ENSEMBLE_MODELS,
        labels=tuple(import_module("allin1.config").HARMONIX_LABELS),
        metre=reading.postprocess_metrical_structure,
        sections=reading.postprocess_functional_structure,
        tempo=reading.estimate_tempo_from_beats,
    )
