"""The parts of `parsing`: what stands on a lyric sheet, and what of it is sung."""
