"""The settings of the Analysis Service as this process would run it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stream_of_worship.admin.errors import SettingsError

if TYPE_CHECKING:
    from sow_analysis.settings import Settings


def read_settings(**given: object) -> Settings:
    """What is given here and is not None, else what the environment says, else the defaults.

    Raises:
        SettingsError: a value is not possible; the message names the variables, and no secret.
    """
    from pydantic import ValidationError

    from sow_analysis.settings import PREFIX, Settings

    try:
        return Settings.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        lines = [
            f"{PREFIX}{'_'.join(map(str, flaw['loc'])).upper()}: {flaw['msg']}" if flaw["loc"] else flaw["msg"]
            for flaw in error.errors(include_url=False, include_input=False)
        ]
        raise SettingsError("\n".join(lines)) from None
