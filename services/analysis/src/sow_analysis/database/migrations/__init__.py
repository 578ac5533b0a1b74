"""How the tables came to be, step by step. `env` is what Alembic runs; `versions` holds the steps."""
