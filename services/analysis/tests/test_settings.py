"""Settings: none are needed, each is explained, and secrets stay secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from sow_analysis.openai_api import Allowance, ApiSetup
from sow_analysis.settings import Settings


def test_nothing_has_to_be_set(monkeypatch: pytest.MonkeyPatch):
    settings = Settings()

    assert settings.database_url == f"sqlite+aiosqlite:///{settings.data_dir / 'service.db'}"
    assert settings.storage_url == (settings.data_dir / "objects").as_uri()
    assert settings.queue_url == "memory://"
    assert settings.listens_on_loopback


def test_every_setting_is_explained():
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("SOW_ANALYSIS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SOW_ANALYSIS_PORT", "9000")
    monkeypatch.setenv("SOW_ANALYSIS_API_KEY", "")
    settings = Settings()

    assert settings.port == 9000
    assert settings.api_key is None
    assert settings.database_url.endswith(f"{tmp_path}/service.db")


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://a:b@host/c", "postgresql+asyncpg://a:b@host/c"),
        ("postgres://host/c", "postgresql+asyncpg://host/c"),
        ("sqlite:////data/a.db", "sqlite+aiosqlite:////data/a.db"),
        ("postgresql+asyncpg://host/c", "postgresql+asyncpg://host/c"),
    ],
)
def test_the_address_of_a_database_needs_no_driver(given: str, used: str):
    assert Settings(database_url=given).database_url == used


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("::", False), ("song.local", False)],
)
def test_it_knows_whether_others_can_reach_it(host: str, expected: bool):
    assert Settings(host=host).listens_on_loopback is expected


def test_secrets_are_not_shown():
    shown = repr(
        Settings(
            api_key="secret-1",
            storage_secret="secret-2",
            database_url="postgresql://user:secret-3@host/name",
            queue_url="redis://:secret-4@host/0",
        )
    )
    assert "secret-" not in shown


@pytest.mark.parametrize(
    "wrong",
    [{"port": 70000}, {"lease_seconds": 1, "heartbeat_seconds": 1}, {"max_attempts": 0}, {"pipeline": "no function"}],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object]):
    with pytest.raises(ValidationError):
        Settings(**wrong)  # type: ignore[arg-type]


def test_a_qwen3_server_comes_with_its_key_and_its_limits():
    assert Settings(qwen3_url="").qwen3 is None
    settings = Settings(qwen3_url="http://gpu:8001/", qwen3_api_key="s3cret-key", qwen3_max_seconds=60)
    assert settings.qwen3
    assert (settings.qwen3.origin, settings.qwen3.api_key) == ("http://gpu:8001", "s3cret-key")
    assert settings.qwen3.max_audio_seconds == 60
    assert "s3cret-key" not in repr(settings) + repr(settings.qwen3)


def test_an_address_that_no_qwen3_server_can_have_is_refused():
    with pytest.raises(ValidationError, match="must begin with http"):
        Settings(qwen3_url="gpu:8001")


def test_a_key_that_no_qwen3_server_can_have_is_refused_without_being_repeated():
    with pytest.raises(ValidationError, match="one line of plain ASCII") as caught:
        Settings(qwen3_url="http://gpu:8001", qwen3_api_key="s3cret\nkey")
    assert "s3cret" not in str(caught.value)
    settings = Settings(qwen3_url="http://gpu:8001", qwen3_api_key="s3cret-key\n")
    assert settings.qwen3
    assert settings.qwen3.api_key == "s3cret-key"


def test_api_servers_come_with_their_keys_and_their_limits():
    assert (Settings(llm_url="").llm, Settings(transcription_url="").transcription) == (None, None)
    settings = Settings(
        llm_url="http://gpu/v1", llm_key="s3cret-key\n", llm_model="m", llm_seconds=9, transcription_url="http://ear/v1"
    )
    assert settings.llm == ApiSetup("http://gpu/v1", "m", "s3cret-key", allowance=Allowance(20, 40_000, 9))
    assert settings.transcription
    assert (settings.transcription.model, settings.transcription.api_key) == ("whisper-1", None)
    assert "s3cret-key" not in repr(settings) + repr(settings.llm)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"llm_url": "http://gpu/v1"}, "SOW_ANALYSIS_LLM_MODEL must name a model"),
        ({"llm_url": "gpu", "llm_model": "m"}, "must begin with http"),
        ({"transcription_url": "http://me:s3cret-key@ear/v1"}, "must hold no user"),
        ({"youtube_proxy": "s3cret-key"}, "proxy for YouTube must be"),
        ({"engines": "whisper,nobody"}, "no engine 'nobody'"),
    ],
)
def test_what_no_engine_can_work_with_is_refused_without_repeating_a_secret(wrong: dict[str, Any], reason: str):
    with pytest.raises(ValidationError, match=reason) as caught:
        Settings(**wrong)
    assert "s3cret-key" not in str(caught.value)


def test_the_engines_that_may_serve_are_named_in_one_list():
    assert Settings().enabled is None
    assert Settings(engines="whisper, pocketsphinx,").enabled == ("whisper", "pocketsphinx")
