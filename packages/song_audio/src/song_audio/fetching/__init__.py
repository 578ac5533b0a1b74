"""Brings a recording here from where its URL says, and from nowhere else.

fetched = await fetch(url, destination, limits=FetchLimits())
"""

from song_audio.fetching.addresses import Resolver, is_public
from song_audio.fetching.fetch import Fetched, fetch, save
from song_audio.fetching.limits import FetchLimits
from song_audio.fetching.network import Network

__all__ = ["FetchLimits", "Fetched", "Network", "Resolver", "fetch", "is_public", "save"]
