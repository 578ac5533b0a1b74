"""The `sow` command."""
