"""What callers see: HTTP and JSON."""

from qwen3_align.api.app import create_app

__all__ = ["create_app"]
