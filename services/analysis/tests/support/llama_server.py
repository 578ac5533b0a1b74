"""A real small language model behind llama.cpp's own OpenAI-compatible server, as a process of its own.

`python llama_server.py MODEL.gguf` serves until its standard input ends, and first prints its address.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_THREADS = 1
_CONTEXT_TOKENS = 8192


@contextlib.contextmanager
def llama_server(model: Path, log: Path) -> Iterator[str]:
    """Serve a GGUF file; gives the base URL of its API."""
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, __file__, str(model)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        )
        assert process.stdin
        assert process.stdout
        try:
            address = ""
            for line in process.stdout:
                if (text := line.decode("utf-8", "replace").strip()).startswith("serving "):
                    address = text.removeprefix("serving ")
                    break
            assert address, log.read_text("utf-8", "replace")[-2000:]
            yield f"{address}/v1"
        finally:
            process.stdin.close()
            process.stdout.close()
            process.kill()
            process.wait()


def _serve(model: str) -> None:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = model
    params.n_ctx = _CONTEXT_TOKENS
    params.n_parallel = 1
    params.cpuparams.n_threads = _THREADS
    params.cpuparams_batch.n_threads = _THREADS
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    server = xllamacpp.Server(params)
    sys.stdout.write(f"serving {server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    _serve(sys.argv[1])
