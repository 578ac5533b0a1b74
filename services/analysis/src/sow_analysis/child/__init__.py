"""What runs in an engine process. It imports nothing of the service: no database, no queue, no web framework."""
