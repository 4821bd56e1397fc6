"""Requests a second to the server of recommendations, while a model is promoted and the warehouse is swapped.

    python scripts/bench/serve.py --seconds 60 --rate 300

An own warehouse of an evolving universe; a server as `crescendo recommend serve` starts it; requests at a fixed rate
over kept-open connections, of users in turn, each timed from the moment it was due. A third of the way a second model
is promoted and scored, at two thirds the file is swapped for a copy. Then the server is killed (-9) and started again.
"""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "python"))

import listening_worlds
from crescendo import warehouse
from crescendo.analysis.recommend import evaluate

FIRST = evaluate.Settings("ease", (("penalty", 100.0),))
CONNECTIONS = 32
PROMOTE = (
    "import listening_worlds; from crescendo.analysis.recommend.evaluate import Settings;"
    " listening_worlds.serve_a_model(Settings('ease', (('penalty', 300.0),)))"
)


def start(folder: Path) -> tuple[subprocess.Popen, int]:
    command = [sys.executable, "-m", "crescendo.cli", "recommend", "serve", "--port", "0"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    return process, int(process.stdout.readline().split("127.0.0.1:")[1].split()[0])


class Line:
    """One kept-open connection."""

    def __init__(self, port: int) -> None:
        self.port, self.free = port, asyncio.Lock()
        self.streams = None

    async def get(self, path: str) -> tuple[int, bytes]:
        async with self.free:
            if self.streams is None:
                self.streams = await asyncio.open_connection("127.0.0.1", self.port)
            reader, writer = self.streams
            writer.write(f"GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            return int(head.split()[1]), await reader.readexactly(size)


async def load(port: int, users: list[str], rate: int, seconds: int, events: dict[int, object]) -> tuple[list, list]:
    """Milliseconds and statuses of requests that are due at a fixed rate."""
    lines = [Line(port) for _ in range(CONNECTIONS)]
    took, statuses, waiting = [], [], set()
    began = time.perf_counter()

    async def one(number: int) -> None:
        due = began + number / rate
        try:
            status, _ = await lines[number % CONNECTIONS].get(f"/users/{users[number % len(users)]}/recommendations")
        except (OSError, asyncio.IncompleteReadError):
            status = 0
        took.append(1000 * (time.perf_counter() - due))
        statuses.append(status)

    for number in range(rate * seconds):
        await asyncio.sleep(max(began + number / rate - time.perf_counter(), 0))
        task = asyncio.create_task(one(number))
        waiting.add(task)
        task.add_done_callback(waiting.discard)
        if number in events:
            events[number]()
    await asyncio.gather(*waiting)
    return took, statuses


def swap(folder: Path) -> None:
    shutil.copy(folder / "x.duckdb", folder / "y.duckdb")
    (folder / "y.duckdb").rename(folder / "x.duckdb")


def answers(port: int, users: list[str]) -> list[bytes]:
    async def ask() -> list[bytes]:
        line = Line(port)
        return [(await line.get(f"/users/{user}/recommendations"))[1] for user in users]

    return asyncio.run(ask())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rate", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crescendo-bench-") as name:
        folder = Path(name)
        os.environ["CRESCENDO_DB"] = str(folder / "x.duckdb")
        with warehouse.connect() as connection:
            listening_worlds.fill(connection, listening_worlds.evolving(3, 5, 30))
        listening_worlds.serve_a_model(FIRST)
        with warehouse.connect(read_only=True) as connection:
            users = [row[0] for row in connection.execute("select user_key from listening.user_features").fetchall()]
        server, port = start(folder)
        count, promoting = options.rate * options.seconds, []
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "tests" / "python")}
        events = {
            count // 3: lambda: promoting.append(subprocess.Popen([sys.executable, "-c", PROMOTE], env=environment)),
            2 * count // 3: lambda: swap(folder),
        }
        took, statuses = asyncio.run(load(port, users, options.rate, options.seconds, events))
        promoted = promoting[0].wait() == 0
        before = answers(port, users[:200])
        server.kill()
        server.wait()
        again, port = start(folder)
        same = answers(port, users[:200]) == before
        again.kill()
        p50, p99, p999 = np.percentile(took, [50, 99, 99.9])
        errors = sum(status != 200 for status in statuses)
        print(f"{len(users):,} users, {options.rate} requests a second for {options.seconds} s: {errors} errors")
        print(f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, p99.9 {p999:.1f} ms, most {max(took):.0f} ms")
        print(f"promoted underneath: {promoted}; the same answers after kill -9 and a restart: {same}")
        print(f"load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
