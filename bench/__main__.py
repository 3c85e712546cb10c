"""``python -m bench``: measure the shop beside the floor and the yardstick."""

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import contenders, wrk
from bench.contenders import FLOOR, PEREGRINE, YARDSTICK, database
from bench.following import follow
from bench.measure import Measurement, measure
from bench.operations import BY_YARDSTICK, READS, WRITES, Load, by_token, by_word, reading, writing
from bench.report import Results, asides, complaints, table
from bench.sameness import same_reads, same_writes
from bench.servers import Server
from bench.shop import Shop, copy, stock
from bench.stalls import Stall, longest_stall
from bench.startup import time_startup
from bench.targets import verdicts

_IDLE_SECONDS = 2.0


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that our servers are stopped
    options = _options()
    if not contenders.yardstick_installed():
        print("fastapi is not installed (uv run --group bench …): no yardstick this time")
    print(f"reads by {'wrk' if wrk.installed() else 'our own client'}, writes by our own client")
    try:
        with TemporaryDirectory(prefix="peregrine-bench-") as folder:
            return _bench(options, Path(folder))
    except KeyboardInterrupt:
        return 130


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=4, help="how long each run lasts")
    parser.add_argument("--concurrency", type=int, default=32, help="connections at once")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each, the best one counts")
    parser.add_argument("--only", default=",".join(READS + WRITES), help="such as list,get")
    options = parser.parse_args()
    options.only = options.only.split(",")
    if unknown := set(options.only) - set(READS + WRITES):
        parser.error(f"there is no {', '.join(sorted(unknown))}: take some of {READS + WRITES}")
    return options


def _bench(options: argparse.Namespace, folder: Path) -> int:
    with ExitStack() as running:
        contenders.create_admin(folder)
        peregrine = running.enter_context(contenders.peregrine(folder))
        shop = stock(peregrine.port, database(PEREGRINE, folder))
        floor, *yardstick = _others(folder, running)
        for other in (floor, *yardstick):
            known = READS if other.name == FLOOR else BY_YARDSTICK
            same_reads(set(known) & set(options.only), peregrine, other, shop)
        same_writes(peregrine, floor, shop)
        results = Results([*_measurements(options, shop, [floor, peregrine, *yardstick])])
        print(*table(results), "", sep="\n", flush=True)
        stalls = [*_stalls(options, shop, peregrine)]
    startup = time_startup(folder)
    print(*asides(startup, stalls, follow(folder)), "", sep="\n")
    failures = [*complaints(results, stalls)]
    print(*verdicts(results, startup), *failures, sep="\n")
    return 1 if failures else 0


def _others(folder: Path, running: ExitStack) -> Iterator[Server]:
    """Start the floor, and the yardstick if we can, each on its copy of the stocked shop."""
    starts = {FLOOR: contenders.floor, YARDSTICK: contenders.yardstick}
    for name, start in starts.items():
        if name == FLOOR or contenders.yardstick_installed():
            copy(database(PEREGRINE, folder), database(name, folder))
            yield running.enter_context(start(folder))


def _measurements(
    options: argparse.Namespace, shop: Shop, servers: Sequence[Server]
) -> Iterator[Measurement]:
    """Run all servers back to back for each operation: a noisy machine is noisy for all."""
    for operation in options.only:
        rounds = [
            [
                measure(operation, server, load, options.seconds, options.concurrency)
                for server in servers
                if server.name != YARDSTICK or operation in BY_YARDSTICK
                for load in [_load(operation, shop, server, options.concurrency)]
            ]
            for _ in range(options.rounds)
        ]
        for runs in zip(*rounds, strict=True):
            yield max(runs, key=lambda run: run.figures.per_second)


def _load(operation: str, shop: Shop, server: Server, connections: int) -> Load:
    if operation in READS:
        return reading(operation, shop, connections)
    credentials = by_word if server.name == FLOOR else by_token
    return writing(operation, shop, connections, credentials)


def _stalls(options: argparse.Namespace, shop: Shop, peregrine: Server) -> Iterator[Stall]:
    yield longest_stall(peregrine, "idle", None, _IDLE_SECONDS)
    for operation in ("login", "checkout"):
        storm = writing(operation, shop, options.concurrency, by_token)
        yield longest_stall(peregrine, f"{operation} storm", storm, options.seconds)


if __name__ == "__main__":
    sys.exit(main())
