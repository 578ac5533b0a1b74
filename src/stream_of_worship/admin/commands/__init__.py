"""One module for each command of `sow`."""
