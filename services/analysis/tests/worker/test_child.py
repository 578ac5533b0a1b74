"""Engine processes start quickly, since they load nothing of the service."""

from __future__ import annotations

import subprocess
import sys

LOAD = """
import sys
import sow_analysis.child.__main__, sow_analysis.child.tasks, sow_analysis.pipeline
print(*sorted({"fastapi", "sqlalchemy", "docket", "uvicorn", "torch"} & set(sys.modules)))
"""


def test_neither_the_pipeline_nor_its_process_loads_the_service():
    run = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == ""
