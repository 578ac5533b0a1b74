"""The service's HTTP API.

from sow_analysis.api import create_app
app = create_app(settings)
"""

from sow_analysis.api.app import create_app
from sow_analysis.api.security import ServiceExposedError

__all__ = ["ServiceExposedError", "create_app"]
