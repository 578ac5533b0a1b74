"""`python -m stream_of_worship` is the `sow` command."""

from stream_of_worship.admin.cli import main

if __name__ == "__main__":
    main()
