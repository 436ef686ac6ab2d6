"""A `releve` command in a process of its own, to which something happens at a chosen point.

The product knows nothing of it: the process replaces a function by one that does the harm when it
is called for the given time. Processes are forked from a server that has read the libraries once
and has done nothing else: a fork of this process would inherit its threads and open files.
"""

import ctypes
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from orchestration.cli import main
from orchestration.home import Home

Harm = Callable[[], None]

# From <linux/sched.h> and <sys/mount.h>.
_NEW_MOUNTS, _NEW_USERS = 0x00020000, 0x10000000
_PRIVATE, _RECURSIVE = 1 << 18, 1 << 14
_libc = ctypes.CDLL(None, use_errno=True)

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__, "orchestration.definitions", "dbt.cli.main"])


@dataclass(frozen=True)
class Point:
    """A call of a function: as it begins, or once it has ended; or the first `inner` after it.

    `place` is `module:function`, where the caller looks it up.
    """

    place: str
    call: int = 1
    is_after: bool = False
    inner: "Point | None" = None

    def arm(self, harm: Harm) -> None:
        """Do the harm when this process gets here."""
        module, _, path = self.place.partition(":")
        owner: Any = import_module(module)
        *parents, name = path.split(".")
        for parent in parents:
            owner = getattr(owner, parent)
        function: Callable[..., Any] = getattr(owner, name)
        inner = self.inner
        act = harm if inner is None else lambda: inner.arm(harm)
        calls = 0

        def harmed(*arguments: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            is_now = calls == self.call
            if is_now and not self.is_after:
                act()
            result = function(*arguments, **named)
            if is_now and self.is_after:
                act()
            return result

        setattr(owner, name, harmed)


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, negative for a signal that killed it, and its words."""

    code: int
    out: str
    err: str


class Running:
    """A command that runs."""

    def __init__(
        self,
        home: Home,
        arguments: Sequence[str],
        prepare: Sequence[Harm] = (),
        disk: "SmallDisk | None" = None,
    ) -> None:
        # Forked from the server: its files must be found by name.
        self._folder = tempfile.TemporaryDirectory(prefix="releve-said-")
        self._said = Path(self._folder.name)
        self._process: ForkServerProcess = _processes.Process(
            target=_run,
            args=(str(home.root), tuple(arguments), tuple(prepare), self._said, disk and disk.pid),
        )
        self._process.start()

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def err(self) -> str:
        """What it has said on standard error so far."""
        path = self._said / "err"
        return path.read_text("utf-8") if path.exists() else ""

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it still runs."""
        if self._process.is_alive():
            os.kill(self.pid, number)

    def wait(self, seconds: float | None = None) -> bool:
        """Whether it ended within that time."""
        self._process.join(seconds)
        return not self._process.is_alive()

    def ended(self) -> Ended:
        """Its end, waited for."""
        self._process.join()
        code = self._process.exitcode
        assert code is not None
        out = self._said / "out"
        ended = Ended(code, out.read_text("utf-8") if out.exists() else "", self.err)
        self._folder.cleanup()
        return ended


class SmallDisk:
    """A disk of its own for a home, which only the processes that are told of it see.

    `is_real` is whether the system let this process mount one.
    """

    def __init__(self, home: Home, megabytes: int) -> None:
        here, there = _processes.Pipe()
        self._process = _processes.Process(
            target=_hold_disk, args=(str(home.root), megabytes, there), daemon=True
        )
        self._process.start()
        self.is_real: bool = here.recv()
        self._release = here
        assert self._process.pid is not None
        self.pid = self._process.pid
        self._home = home

    def remove(self, name: str) -> None:
        """Remove a file from the home."""
        (self._root / name).unlink(missing_ok=True)

    def close(self) -> None:
        """Put what the home became where it was, and let the disk go."""
        if self.is_real:
            shutil.copytree(self._root, self._home.root, dirs_exist_ok=True, symlinks=True)
        self._release.send(None)
        self._process.join()

    @property
    def _root(self) -> Path:
        return Path(f"/proc/{self.pid}/root{self._home.root}") if self.is_real else self._home.root


def run(
    home: Home, *arguments: str, prepare: Sequence[Harm] = (), disk: SmallDisk | None = None
) -> Ended:
    """Run a command on a home to its end; `prepare` is called in its process before it."""
    return Running(home, arguments, prepare, disk).ended()


def kill() -> None:
    """End this process as `kill -9` would."""
    os.kill(os.getpid(), signal.SIGKILL)


def _hold_disk(root: str, megabytes: int, told: Connection) -> None:
    """Mount a disk with what the home holds, for this process and those that join it."""
    is_real = _mount(root, megabytes)
    told.send(is_real)
    told.recv()


def _mount(root: str, megabytes: int) -> bool:
    user, group = os.geteuid(), os.getegid()
    if _libc.unshare(_NEW_MOUNTS | (0 if user == 0 else _NEW_USERS)):
        return False
    if user != 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    kept = f"{root}.kept"
    if _libc.mount(b"none", b"/", None, _PRIVATE | _RECURSIVE, None):
        return False
    shutil.copytree(root, kept, symlinks=True)
    try:
        size = f"size={megabytes}m".encode()
        if _libc.mount(b"tmpfs", os.fsencode(root), b"tmpfs", 0, size):
            return False
        shutil.copytree(kept, root, dirs_exist_ok=True, symlinks=True)
    finally:
        shutil.rmtree(kept)
    return True


def _join(holder: int) -> None:
    for kind in ("user", "mnt"):
        ours, theirs = (Path(f"/proc/{process}/ns/{kind}").stat() for process in ("self", holder))
        if ours.st_ino == theirs.st_ino:
            continue
        descriptor = os.open(f"/proc/{holder}/ns/{kind}", os.O_RDONLY)
        if _libc.setns(descriptor, 0):
            raise OSError(ctypes.get_errno(), f"setns {kind}")
        os.close(descriptor)


def _run(
    home: str,
    arguments: Sequence[str],
    prepare: Sequence[Harm],
    said: Path,
    disk_holder: int | None,
) -> None:
    os.environ["RELEVE_HOME"] = home
    # As Ctrl-C and systemd find a command; a server of forks ignores the first.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, name in ((1, "out"), (2, "err")):
        descriptor = os.open(said / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(descriptor, number)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", buffering=1, closefd=False)
    if disk_holder is not None:
        _join(disk_holder)
    try:
        for harm in prepare:
            harm()
        code = main(list(arguments))
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    except BaseException:  # noqa: BLE001 (the test reads it)
        # As Python itself would end.
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(code)
