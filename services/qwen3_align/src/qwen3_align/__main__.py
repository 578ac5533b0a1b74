"""`python -m qwen3_align`."""

from qwen3_align.cli import main

main()
