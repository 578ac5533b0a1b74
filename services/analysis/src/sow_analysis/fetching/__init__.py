"""Brings a recording here from where its URL says, and from nowhere else.

fetched = await fetch(url, destination, limits=FetchLimits(), storage=storage)
"""

from sow_analysis.fetching.addresses import Resolver, is_public
from sow_analysis.fetching.fetch import Fetched, fetch
from sow_analysis.fetching.limits import FetchLimits
from sow_analysis.fetching.network import Network
from sow_analysis.fetching.urls import upload_url

__all__ = ["FetchLimits", "Fetched", "Network", "Resolver", "fetch", "is_public", "upload_url"]
