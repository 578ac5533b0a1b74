"""Who is served: callers with the key; without one, only this machine."""

from __future__ import annotations

from sow_analysis.errors import AnalysisError
from sow_analysis.settings import PREFIX, Settings
from sow_web.security import key_check

KEY_VARIABLE = f"{PREFIX}API_KEY"


class ServiceExposedError(AnalysisError):
    """The service would listen beyond this machine without an API key."""

    code = "service_exposed"


def refuse_exposure(settings: Settings) -> None:
    """Raise an error if anybody on the network could use the service.

    Raises:
        ServiceExposedError: it is so.
    """
    if settings.api_key is None and not settings.listens_on_loopback:
        raise ServiceExposedError(
            f"Anyone who reaches {settings.host} could use the service. Set {KEY_VARIABLE}, or listen on 127.0.0.1."
        )


require_key = key_check(KEY_VARIABLE)
