"""Dagster's pages and daemon, started as `make dev` starts them, and asked as the pages ask."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, TypeVar

from orchestration.home import PROJECT, Home

T = TypeVar("T")

# What a busy machine may need to load the project, or to run a close.
PATIENCE = 600.0
_POLL_SECONDS = 0.5
_ENDING_SECONDS = 20


@dataclass(frozen=True)
class Server:
    """A running `dagster dev`."""

    port: int
    # Which all its processes are in.
    session: int

    @property
    def address(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.port}"

    def ask(self, query: str, **variables: object) -> Any:
        """The answer to a GraphQL query."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        body = json.dumps({"query": query, "variables": variables})
        connection.request("POST", "/graphql", body, {"Content-Type": "application/json"})
        found = json.load(connection.getresponse())
        connection.close()
        assert "errors" not in found, found["errors"]
        return found["data"]

    def runs(self) -> list[dict[str, Any]]:
        """Every run, the first one first."""
        found = self.ask(
            "{ runsOrError { ... on Runs { results"
            " { runId status jobName startTime endTime tags { key value } } } } }"
        )["runsOrError"]["results"]
        for run in found:
            run["tags"] = {tag["key"]: tag["value"] for tag in run["tags"]}
        return list(reversed(found))

    def wait_for_runs(self, wanted: Callable[[dict[str, Any]], bool], count: int) -> list[Any]:
        """Those runs, once there are so many and all have ended."""

        def ended() -> list[Any]:
            runs = [run for run in self.runs() if wanted(run)]
            over = all(run["status"] in {"SUCCESS", "FAILURE", "CANCELED"} for run in runs)
            return runs if over and len(runs) >= count else []

        return wait_for(ended)


def wait_for(attempt: Callable[[], T]) -> T:
    """What an attempt returns, made again until that is something."""
    until = time.monotonic() + PATIENCE
    while not (found := attempt()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(_POLL_SECONDS)
    return found


@contextmanager
def serving(home: Home, log: Path) -> Iterator[Server]:
    """The command of `make dev` on a free port; all that it started ends with the block."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestration.dev", "--port", str(port)],
            cwd=PROJECT,
            env={**os.environ, "RELEVE_HOME": str(home.root)},
            stdout=said,
            stderr=said,
            start_new_session=True,
            # As someone whose files are readable by all by default.
            umask=0o022,
        )
    server = Server(port, process.pid)

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            server.ask("{ version }")
        except ConnectionError:
            return False
        return True

    try:
        wait_for(answers)
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        # Daemon, code server and runs are of the same session.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
