"""What a session of processes opens to others, as the kernel says it."""

import re
from pathlib import Path

LOOPBACK = "0100007F"  # 127.0.0.1, in the byte order of the machine

_LISTENING = "0A"


def processes_of(session: int) -> list[Path]:
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


def sockets_of(processes: list[Path]) -> set[str]:
    """The inodes of the sockets that processes have open."""
    links = [str(link.readlink()) for folder in processes for link in (folder / "fd").iterdir()]
    return set(re.findall(r"socket:\[(\d+)\]", " ".join(links)))


def addresses_listened_on(sockets: set[str]) -> list[str]:
    """The addresses, as the kernel writes them, on which some sockets listen to a network."""
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            columns = line.split()
            if columns[3] == _LISTENING and columns[9] in sockets:
                found.append(columns[1].split(":")[0])
    return found


def files_of(sockets: set[str]) -> set[Path]:
    """The files by which other processes of the machine reach some sockets."""
    lines = [line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:]]
    return {
        Path(line[7])
        for line in lines
        if len(line) > 7 and line[6] in sockets and line[7].startswith("/")
    }
