"""The pages in docs/ keep up with the command."""

import importlib.util
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from lyric_timing.errors import LyricTimingError
from song_audio.errors import CodedError
from sow_analysis.errors import AnalysisError
from sow_analysis.pipeline import ENGINES
from sow_analysis.settings import PREFIX, Settings
from stream_of_worship.admin import failures
from stream_of_worship.admin.cli import create_app
from stream_of_worship.admin.errors import CommandError
from stream_of_worship.admin.services import Services

DOCS = Path(__file__).parents[1] / "docs"
README = (DOCS.parent / "README.md").read_text(encoding="utf-8")
MAKEFILE = (DOCS.parent / "Makefile").read_text(encoding="utf-8")
CI = (DOCS.parent / ".ci" / "run").read_text(encoding="utf-8")
CLI = (DOCS / "cli.md").read_text(encoding="utf-8")
ENGINES_PAGE = (DOCS / "engines.md").read_text(encoding="utf-8")
ERRORS = (DOCS / "errors.md").read_text(encoding="utf-8")
QWEN3 = (DOCS / "use-the-qwen3-aligner.md").read_text(encoding="utf-8")
RUNNING = (DOCS / "run-the-service.md").read_text(encoding="utf-8")


def commands() -> dict[str, Any]:
    """Each command that does something, by its full name, and `sow` itself."""
    found: dict[str, Any] = {}

    def walk(name: str, command: Any) -> None:
        children = getattr(command, "commands", {})
        if not children or name == "sow":
            found[name] = command
        for child, inner in children.items():
            walk(f"{name} {child}", inner)

    walk("sow", typer.main.get_command(create_app(Services())))
    return found


COMMANDS = commands()
OURS = {kind.__module__ for kind in (AnalysisError, CodedError, LyricTimingError, CommandError)}
"""Where the errors are that the command tells of; those within the service come as problems."""


def section(name: str) -> str:
    """The text under a command's heading."""
    match = re.search(rf"^## {re.escape(name)}\n(.*?)(?=^## |\Z)", CLI, re.MULTILINE | re.DOTALL)
    assert match, f"docs/cli.md has no section on `{name}`"
    return match[1]


def options(command: Any) -> set[str]:
    return {flag for parameter in command.params for flag in parameter.opts if flag.startswith("-")}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_section_with_every_argument_and_option(name: str):
    text = section(name)
    for parameter in COMMANDS[name].params:
        for flag in (flag for flag in parameter.opts if flag.startswith("-")):
            assert re.search(rf"`{flag}[` ]", text), f"{flag} is not documented"
        if parameter.param_type_name == "argument":
            assert parameter.metavar.strip("[]") in text


@pytest.mark.parametrize("name", COMMANDS)
def test_no_section_documents_an_option_that_is_gone(name: str):
    documented = set(re.findall(r"^\| `(--[a-z0-9-]+)", section(name), re.MULTILINE))
    assert documented <= options(COMMANDS[name])


def examples() -> Iterator[str]:
    for page in (CLI, RUNNING, QWEN3):
        for block in re.findall(r"```\n(.*?)```", page, re.DOTALL):
            yield from (line for line in block.splitlines() if line.startswith("sow "))
    yield from re.findall(r"^    \.venv/bin/(sow .+)$", README, re.MULTILINE)
    for command in COMMANDS.values():
        yield from (line.strip() for line in (command.epilog or "").splitlines() if line.strip().startswith("sow "))


def test_the_readme_opens_with_the_two_commands_that_set_everything_up_and_ci_runs_both():
    assert re.findall(r"^    make (\S+)", README, re.MULTILINE) == ["demo", "test"]
    for target in ("demo", "test"):
        assert re.search(rf"^{target}: \.venv/installed", MAKEFILE, re.MULTILINE)
        assert re.search(rf"^make {target}$", CI, re.MULTILINE)


@pytest.mark.parametrize("example", sorted(set(examples())))
def test_every_example_calls_a_command_with_options_that_it_has(example: str):
    words = shlex.split(re.split(r"\s{2,}|[|>]", example)[0], comments=True)
    name = next((" ".join(words[:n]) for n in (3, 2) if " ".join(words[:n]) in COMMANDS), None)
    assert name, example
    assert {word for word in words if re.match(r"-\w|--", word)} <= options(COMMANDS[name])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_every_option_has_a_help_text(name: str):
    command = COMMANDS[name]
    assert command.help
    for parameter in command.params:
        assert parameter.help, f"{parameter.name} has no help"


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_is_explained(engine: str):
    assert re.search(rf"^\| `{engine}` \| \w+ \| .+ \| .+ \|$", ENGINES_PAGE, re.MULTILINE)


def test_no_explained_engine_is_gone():
    assert set(re.findall(r"^\| `([a-z0-9-]+)` \|", ENGINES_PAGE, re.MULTILINE)) == set(ENGINES)


def names() -> Iterator[str]:
    def family(kind: type[Exception]) -> Iterator[type[Exception]]:
        yield kind
        for child in kind.__subclasses__():
            yield from family(child)

    for root in (CodedError, LyricTimingError, CommandError):
        ours = (kind for kind in family(root) if kind.__module__ in OURS and kind is not CodedError)
        yield from (failures.code(kind("x")) for kind in ours)
    yield from (failures.code(error) for error in (OSError(), MemoryError(), ValueError()))


@pytest.mark.parametrize("name", sorted(set(names())))
def test_every_error_is_explained_with_cause_and_remedy(name: str):
    row = re.search(rf"^\| `{name}` \| (\d) \| (.+) \| (.+) \|$", ERRORS, re.MULTILINE)
    assert row, f"docs/errors.md does not explain `{name}`"


def test_no_explained_error_is_gone():
    assert set(re.findall(r"^\| `([a-z_]+)` \| \d \|", ERRORS, re.MULTILINE)) == set(names())


def test_the_exit_codes_of_the_page_are_those_of_the_program():
    explained = dict(re.findall(r"^\| `([a-z_]+)` \| (\d) \|", ERRORS, re.MULTILINE))
    kinds = [*failures.EXIT_CODES, *failures.CODES, ValueError]
    assert {
        failures.code(kind("x")): str(int(failures.exit_code(kind("x")))) for kind in kinds
    }.items() <= explained.items()


def test_every_problem_of_the_service_is_explained_with_its_status():
    from sow_analysis.api.codes import PROBLEMS

    explained = dict(re.findall(r"^\| `([a-z_]+)` \| (\d{3}) \|", ERRORS, re.MULTILINE))
    shared = set(names())
    assert {code: str(kind.status) for code, kind in PROBLEMS.kinds.items() if code not in shared} == explained


def test_every_error_within_the_service_is_on_the_page():
    import sow_analysis.api  # noqa: F401  (it brings the others)

    def codes(kind: type[CodedError]) -> Iterator[str]:
        yield kind.code
        for child in kind.__subclasses__():
            yield from codes(child)

    ours = {code for code in codes(CodedError) if code != CodedError.code and not code.startswith("test_")}
    assert {code for code in ours if f"`{code}`" not in ERRORS} == set()


def test_the_page_of_settings_is_the_one_that_the_settings_make(monkeypatch: pytest.MonkeyPatch):
    spec = importlib.util.spec_from_file_location("make_settings", DOCS / "make_settings.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "make_settings", made)
    spec.loader.exec_module(made)
    assert (DOCS / "settings.md").read_text(encoding="utf-8") == made.page("analysis"), "run `make docs`"


def test_every_setting_is_on_the_page_of_settings_and_no_page_names_another():
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    assert {name for name in known if f"`{name}`" not in page} == set()
    deploy = DOCS.parent / "services" / "analysis"
    for other in (*DOCS.glob("*.md"), deploy / "Dockerfile", deploy / "docker-compose.yml"):
        named = set(re.findall(rf"{PREFIX}[A-Z0-9_]*[A-Z0-9]", other.read_text(encoding="utf-8")))
        assert named <= known, f"{other.name} names settings that are gone"


def test_every_setting_has_a_meaning():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
