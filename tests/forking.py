"""The real command as a process of its own, without a second of imports each time: a server that has imported
everything, and does nothing else, forks for each command. What a process inherits is set as a shell would set it.

A test about starting up, streams or the environment starts Python itself.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import IO, Any

#: the size of one request: words and environment
LONGEST = 1 << 20


class Server:
    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LONGEST)
        root = Path(__file__).parent.parent
        words = [sys.executable, "-m", "tests.forking", str(theirs.fileno())]
        self.process = subprocess.Popen(words, cwd=root, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        theirs.close()
        self.socket = ours
        ours.settimeout(120)

    def run(self, words: list[str], cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err, open(os.devnull) as nothing:
            request = json.dumps({"words": words, "cwd": str(cwd), "env": env}).encode()
            socket.send_fds(self.socket, [request], [nothing.fileno(), out.fileno(), err.fileno()])
            code = int(self.socket.recv(64))
            return subprocess.CompletedProcess(words, code, _all(out), _all(err))


def _all(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


@cache
def server() -> Server:
    """One for each process that runs tests."""
    return Server()


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
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", errors="backslashreplace")  # noqa: SIM115
    from followup.cli.running import run

    run()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
