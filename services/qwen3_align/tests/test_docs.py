"""The pages in docs/ and the containers keep up with the service."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from qwen3_align.api.codes import PROBLEMS
from qwen3_align.errors import AlignError
from qwen3_align.settings import PREFIX, Settings
from song_audio.errors import CodedError

SERVICE = Path(__file__).parents[1]
DOCS = SERVICE.parents[1] / "docs"
PAGE = (DOCS / "use-the-qwen3-aligner.md").read_text(encoding="utf-8")
SETTINGS_PAGE = DOCS / "qwen3-settings.md"
COMPOSE = SERVICE / "docker-compose.qwen3.yml"


def test_the_page_of_settings_is_the_one_that_the_settings_make(monkeypatch: pytest.MonkeyPatch):
    spec = importlib.util.spec_from_file_location("make_settings", DOCS / "make_settings.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "make_settings", made)
    spec.loader.exec_module(made)
    assert SETTINGS_PAGE.read_text(encoding="utf-8") == made.page("qwen3"), "run `make docs`"


def test_every_setting_has_a_meaning_and_no_page_or_container_names_another():
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for file in (DOCS / "use-the-qwen3-aligner.md", SETTINGS_PAGE, SERVICE / "Dockerfile", COMPOSE):
        named = set(re.findall(rf"{PREFIX}[A-Z0-9_]*[A-Z0-9]", file.read_text(encoding="utf-8")))
        assert named <= known, file.name


def test_every_problem_is_explained_with_its_status():
    explained = dict(re.findall(r"^\| `([a-z_]+)` \| (\d{3}) \|", PAGE, re.MULTILINE))
    assert explained == {code: str(kind.status) for code, kind in PROBLEMS.kinds.items()}


def test_every_error_that_can_reach_a_caller_has_a_kind():
    def family(kind: type[Any]) -> Iterator[type[Any]]:
        for child in kind.__subclasses__():
            yield child
            yield from family(child)

    ours = [kind for kind in family(CodedError) if kind is not AlignError]
    at_the_start = {"service_exposed"}
    of_loading = {"model_not_found", "model_not_on_disk", "hub_unreachable", "not_an_aligner", "device_unavailable"}
    assert {kind.code for kind in ours} <= set(PROBLEMS.kinds) | at_the_start | of_loading


def test_the_containers_are_as_the_page_says():
    compose = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    assert set(compose["services"]) == {"qwen3", "qwen3-gpu"}
    assert compose["services"]["qwen3-gpu"]["profiles"] == ["gpu"]
    for service in compose["services"].values():
        assert service["volumes"] == ["models:/cache"]
        dockerfile = SERVICE / service["build"]["context"] / service["build"]["dockerfile"]
        assert dockerfile.resolve() == (SERVICE / "Dockerfile").resolve()
    torch = re.search(r"torch==([\d.]+)", (SERVICE / "pyproject.toml").read_text(encoding="utf-8"))
    assert torch
    assert torch[0] in (SERVICE / "Dockerfile").read_text(encoding="utf-8")
