"""Workers: they take jobs and do them in processes of their own, which can be stopped at any moment.

engines = EnginePool(settings)
executor = LrcExecutor(...)
await executor.work_on(job_id)
"""

from sow_analysis.worker.engine import Engine, EngineFailedError, EnginePool
from sow_analysis.worker.executor import LrcExecutor, Stop
from sow_analysis.worker.lease import HeldLease, StoppedError
from sow_analysis.worker.outside import Outside

__all__ = ["Engine", "EngineFailedError", "EnginePool", "HeldLease", "LrcExecutor", "Outside", "Stop", "StoppedError"]
