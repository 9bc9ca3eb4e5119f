"""Open input as bytes that can be read twice, because its encoding is detected from all of them.

Input that can't be rewound (stdin, a pipe) is first copied to a temporary file.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from shutil import copyfileobj
from typing import BinaryIO

from followup.errors import BadInput, CannotWrite, NotFound
from followup.intake.encoding import CHUNK


def open_source(path: str) -> BinaryIO:
    """The file at `path`, or stdin for "-". Raises NotFound, BadInput, CannotWrite."""
    if path == "-":
        return _copied(sys.stdin.buffer)
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode) or stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
            raise BadInput(f"{path} isn't a file: use a CSV or vCard file, or - for stdin")
        file = open(path, "rb")  # noqa: SIM115 - the table closes it
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(f"no such file: {path}") from None
    except (OSError, ValueError) as error:
        raise BadInput(f"can't read {path}: {getattr(error, 'strerror', None) or error}") from None
    if stat.S_ISREG(mode):
        return file
    with file:
        return _copied(file)


def _copied(stream: BinaryIO) -> BinaryIO:
    copy: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - the table closes it
    try:
        copyfileobj(stream, copy, CHUNK)
    except OSError as error:
        copy.close()
        raise CannotWrite(f"can't copy the input to a temporary file: {error.strerror}") from None
    return copy
