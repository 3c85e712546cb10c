"""The load for plain reads, by ``wrk`` where it is installed: it costs the machine least."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.client import Figures

_SCRIPT = """
local paths = {%s}
local at = math.random(#paths)
function request()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at])
end
function done(summary, latency, requests)
  local errors = summary.errors
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  print(string.format(
    'figures {"done":%%d,"failed":%%d,"seconds":%%f,"p50":%%f,"p99":%%f,"longest":%%f}',
    summary.requests - errors.status, errors.status + lost, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
"""


def installed() -> bool:
    return shutil.which("wrk") is not None


def drive(port: int, paths: Sequence[str], seconds: float, concurrency: int) -> Figures:
    """Read ``paths`` over and over; any status from 400 up is a failure."""
    with TemporaryDirectory() as folder:
        script = Path(folder, "paths.lua")
        script.write_text(_SCRIPT % ", ".join(json.dumps(path) for path in paths))
        command = ["wrk", "--threads", "1", "--connections", str(concurrency)]
        command += ["--duration", f"{max(1, round(seconds))}s", "--script", str(script)]
        finished = subprocess.run(
            [*command, f"http://127.0.0.1:{port}"],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=seconds + 60,
        )
    figures = next(line for line in finished.stdout.splitlines() if line.startswith("figures "))
    return Figures(**json.loads(figures.removeprefix("figures ")))
