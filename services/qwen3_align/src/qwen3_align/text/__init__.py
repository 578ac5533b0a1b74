"""The lyrics: printed lines, and what the model reads of them."""
