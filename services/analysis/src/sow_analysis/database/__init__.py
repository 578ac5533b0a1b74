"""The database: its tables, how it is reached, and how it is brought up to date.

from sow_analysis.database import open_database
async with open_database(settings.database_url) as database:
    async with database.read() as connection: ...
"""

from sow_analysis.database.engine import Database, open_database
from sow_analysis.database.upgrade import upgrade

__all__ = ["Database", "open_database", "upgrade"]
