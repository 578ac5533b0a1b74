"""Settings for all tests of this package."""

from hypothesis import settings

settings.register_profile("lyric_timing", deadline=None)  # a busy machine is no reason to fail
settings.load_profile("lyric_timing")
