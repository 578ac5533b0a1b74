"""Stream of Worship: gives a song its time."""

from importlib.metadata import version

__version__ = version("stream-of-worship")
