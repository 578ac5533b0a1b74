"""The small studio that makes the sample songs: score, singer, band and the files they end up in."""
