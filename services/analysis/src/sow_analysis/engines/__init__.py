"""The engines: each listens to a recording in its own way. `protocols` says what they have in common."""
