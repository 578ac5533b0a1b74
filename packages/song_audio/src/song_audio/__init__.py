"""A recording comes in safely: fetched from where its URL says and from nowhere else, and decoded within limits."""
