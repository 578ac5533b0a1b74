"""Workers: they take jobs and do them in processes of their own, which can be stopped at any moment.

engines = EnginePool(settings)
executor = Executor(LrcWork(...), ...)
await executor.work_on(job_id)
"""

from sow_analysis.worker.analysis import AnalysisWork
from sow_analysis.worker.engine import Engine, EngineFailedError, EnginePool
from sow_analysis.worker.executor import Executor, Stop
from sow_analysis.worker.lease import HeldLease, StoppedError
from sow_analysis.worker.lyrics import LrcWork
from sow_analysis.worker.outside import Outside
from sow_analysis.worker.work import Done, Work

__all__ = [
    "AnalysisWork",
    "Done",
    "Engine",
    "EngineFailedError",
    "EnginePool",
    "Executor",
    "HeldLease",
    "LrcWork",
    "Outside",
    "Stop",
    "StoppedError",
    "Work",
]
