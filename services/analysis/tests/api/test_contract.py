"""What the service answers is what its description says, whatever it is asked (schemathesis)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from live import live
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sow_analysis.settings import Settings

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def api_schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[schemathesis.BaseSchema]:
    folder = tmp_path_factory.mktemp("contract")
    chosen = Settings(
        data_dir=folder, cache_dir=folder / "cache", port=0, pipeline="sow_analysis.testing:fake_generate_lrc"
    )
    with live(chosen, folder) as service:
        yield schemathesis.openapi.from_url(f"{service.url}/openapi.json")


def test_every_answer_is_as_described(api_schema: schemathesis.BaseSchema):
    described = [result.ok() for result in api_schema.get_all_operations()]
    assert len(described) >= 12
    for operation in described:

        @given(case=operation.as_strategy())
        @settings(max_examples=20, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        def holds(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=CHECKS, timeout=20)

        holds()
