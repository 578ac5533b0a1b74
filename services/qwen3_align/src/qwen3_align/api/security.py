"""Who is served: callers with the key; without one, only this machine."""

from __future__ import annotations

from typing import ClassVar

from sow_web.exposure import refuse_exposure as _refuse_exposure
from sow_web.security import KeyRequired

from qwen3_align.errors import AlignError
from qwen3_align.settings import PREFIX, Settings

KEY_SETTING = f"{PREFIX}API_KEY"
require_key = KeyRequired(KEY_SETTING, lambda request: request.app.state.settings.api_key)


class ServiceExposedError(AlignError):
    """The service would listen beyond this machine without an API key."""

    code: ClassVar[str] = "service_exposed"


def refuse_exposure(settings: Settings) -> None:
    """Raise an error if anybody on the network could use the service.

    Raises:
        ServiceExposedError: it is so.
    """
    has_key = settings.api_key is not None
    _refuse_exposure(settings.host, has_key=has_key, setting=KEY_SETTING, error=ServiceExposedError)
