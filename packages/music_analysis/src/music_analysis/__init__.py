"""Music analysis."""
