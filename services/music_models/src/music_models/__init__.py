"""Sections, beats and stems of a song by neural networks, as a command that another program runs."""
