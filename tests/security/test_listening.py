"""What `make dev` opens to others: a port on the loopback address, and nothing else."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from orchestration.home import PROJECT, Home
from tests.security.homes import KEY

pytestmark = pytest.mark.slow

_PATIENCE = 600.0
_LISTENING = "0A"


@pytest.fixture
def session(new_home: Callable[[], Home], tmp_path: Path) -> Iterator[int]:
    """A server that answers, as the session that all its processes are in."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "RELEVE_HOME": str(new_home().root), "RELEVE_KEY": KEY}
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "orchestration.dev", "--port", str(port)],
            cwd=PROJECT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
            # As someone whose files are readable by all by default.
            umask=0o022,
        )
    try:
        until = time.monotonic() + _PATIENCE
        while not _answers(port):
            assert server.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.5)
        yield server.pid
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/server_info")
        return connection.getresponse().status == 200
    except ConnectionError:
        return False
    finally:
        connection.close()


def _processes(session: int) -> list[Path]:
    """The /proc folders of a session's processes."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(state[3]) == session:
            found.append(folder)
    return found


def _sockets(processes: list[Path]) -> set[str]:
    """The inodes of the sockets that processes have open."""
    links = [str(link.readlink()) for folder in processes for link in (folder / "fd").iterdir()]
    return set(re.findall(r"socket:\[(\d+)\]", " ".join(links)))


def _listening(sockets: set[str]) -> list[str]:
    """The addresses, as the kernel writes them, on which some sockets listen to a network."""
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            columns = line.split()
            if columns[3] == _LISTENING and columns[9] in sockets:
                found.append(columns[1].split(":")[0])
    return found


def _named(sockets: set[str]) -> set[Path]:
    """The files by which other processes of the machine reach some sockets."""
    lines = [line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:]]
    return {
        Path(line[7])
        for line in lines
        if len(line) > 7 and line[6] in sockets and line[7].startswith("/")
    }


def test_dagster_listens_on_loopback_and_for_its_owner_alone(session: int) -> None:
    processes = _processes(session)
    sockets = _sockets(processes)
    # 127.0.0.1, in the byte order of the machine.
    assert set(_listening(sockets)) == {"0100007F"}
    files = _named(sockets)
    assert files
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file
    arguments = b" ".join((folder / "cmdline").read_bytes() for folder in processes)
    assert b"dagster_webserver" in arguments
    assert KEY.encode() not in arguments
