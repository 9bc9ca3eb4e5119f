"""The real command as a separate process, without a second of imports each time: a server that has imported everything
forks for each command. Everything that a process inherits is set as a shell would set it.

A test about starting up, streams or the environment starts Python itself.
"""

from __future__ import annotations

import ctypes
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import get_ident
from typing import IO, Any

#: the size of one request: words and environment
LONGEST = 1 << 20
#: of prctl(2)
PR_SET_PTRACER = 0x59616D61


class Server:
    """`prefix`: the command that starts it, such as `unshare -n`."""

    def __init__(self, prefix: tuple[str, ...]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LONGEST)
        root = Path(__file__).parent.parent
        words = [*prefix, sys.executable, "-m", "tests.forking", str(theirs.fileno())]
        self.process = subprocess.Popen(words, cwd=root, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        theirs.close()
        self.socket = ours
        ours.settimeout(120)

    def run(
        self,
        words: Sequence[str],
        cwd: Path,
        env: Mapping[str, str],
        closed: tuple[int, ...] = (),
        tracer: Sequence[str] = (),
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, with empty input. `closed`: streams that it doesn't have. `tracer`: an strace
        command that traces it from the start."""
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err, open(os.devnull) as nothing:
            self.start(words, cwd, env, (nothing.fileno(), out.fileno(), err.fileno()), closed, tracer)
            return subprocess.CompletedProcess(words, self.wait(), _all(out), _all(err))

    def start(
        self,
        words: Sequence[str],
        cwd: Path,
        env: Mapping[str, str],
        streams: tuple[int, int, int],
        closed: tuple[int, ...] = (),
        tracer: Sequence[str] = (),
    ) -> None:
        request = {"words": words, "cwd": str(cwd), "env": dict(env), "closed": closed, "tracer": tracer}
        socket.send_fds(self.socket, [json.dumps(request).encode()], streams)

    def wait(self) -> int:
        """The exit code of the last command."""
        return int(self.socket.recv(64))


def _all(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


def server(prefix: tuple[str, ...] = ()) -> Server:
    """One server for each prefix and thread, since a server runs one command at a time."""
    return _of(prefix, get_ident())


@cache
def _of(prefix: tuple[str, ...], thread: int) -> Server:
    return Server(prefix)


def _serve(place: int) -> None:
    _import_everything()
    with socket.socket(fileno=place) as asked:
        while True:
            request, streams, _, _ = socket.recv_fds(asked, LONGEST, 3)
            if not request:
                return
            child = os.fork()
            if child == 0:
                asked.close()
                _become(json.loads(request), streams)
            for stream in streams:
                os.close(stream)
            asked.send(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])).encode())


def _import_everything() -> None:
    import gc
    import importlib
    import pkgutil

    import followup

    for module in pkgutil.walk_packages(followup.__path__, "followup."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    gc.disable()  # as the program does
    gc.freeze()


def _become(request: dict[str, Any], streams: list[int]) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    for stream in streams:
        os.close(stream)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    sys.argv = ["followup", *request["words"]]
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if number in request["closed"]:
            os.close(number)
        setattr(sys, name, None if number in request["closed"] else open(number, mode))  # noqa: SIM115
    from followup.cli.program import run

    if request["tracer"]:
        _wait_for(request["tracer"])
    run()


def _wait_for(tracer: Sequence[str]) -> None:
    """Wait until strace traces this process, which is when strace answers getppid instead of the kernel. It starts as a
    child, and a kernel with Yama lets a child trace only a process that allows it."""
    ctypes.CDLL(None).prctl(PR_SET_PTRACER, ctypes.c_ulong(-1))
    words = [f"{word},getppid" if word.startswith("--trace=") else word for word in tracer]
    words += ["--inject=getppid:retval=0", "--attach", str(os.getpid())]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(words, **quiet)
    while os.getppid():
        if process.poll() is not None:
            sys.exit(f"strace has ended with {process.returncode}")
        os.sched_yield()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
