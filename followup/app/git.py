"""What git knows of a project's catalog: the commit that its files are of, and what they were at any other.

A repository's own configuration names programs that git runs when it looks at files (fsmonitor, filters) or lacks an
object (a remote's transport). So git is asked for what it has recorded only, and files are read here.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from typing import NamedTuple

from followup.errors import BadInput, NotFound

#: `env` sets them, since only the command line may read the environment
QUIET = ("env", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_TERMINAL_PROMPT=0")
NO_GIT = "git isn't installed"
HARMLESS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")


class NotFetched(NotFound):
    """A partial clone has left it on the server, which isn't asked for it."""


class TreeEntry(NamedTuple):
    """A file in a tree: `path` from the tree's root."""

    mode: str
    blob: str
    path: str


def commit(folder: str) -> str | None:
    """The commit of the files in `folder`, with `-dirty` if its cycles/ has uncommitted edits."""
    try:
        head = _git(folder, "rev-parse", "--verify", "HEAD").decode().strip()
    except NotFound:
        return None
    return head if _is_clean(folder) else f"{head}-dirty"


def _is_clean(folder: str) -> bool:
    """Whether cycles/ is what is committed: each file of it, and no YAML file besides."""
    try:
        entries = _listed(folder, "HEAD:./cycles")
    except NotFound:
        return False
    cycles = os.path.join(folder, "cycles")
    return _yaml_in(cycles) <= {entry.path for entry in entries} and all(_is_as_in(cycles, entry) for entry in entries)


def _yaml_in(cycles: str) -> set[str]:
    paths = (os.path.join(place, name) for place, _, names in os.walk(cycles) for name in names)
    return {os.path.relpath(path, cycles) for path in paths if path.endswith((".yaml", ".yml"))}


def _is_as_in(cycles: str, entry: TreeEntry) -> bool:
    """Whether the file has the digest by which git names its content."""
    path = os.path.join(cycles, entry.path)
    if not entry.mode.startswith("100") or os.path.islink(path) or not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        content = file.read()
    digest = hashlib.sha256 if len(entry.blob) == 64 else hashlib.sha1
    return digest(b"blob %d\0" % len(content) + content).hexdigest() == entry.blob


def check_out(folder: str, ref: str, into: str) -> None:
    """Write the project's cycles/ at `ref` to the empty folder `into`.

    Raises NotFound without git, a repository or such a ref; BadInput for anything but regular files.
    """
    tree = _tree(folder, ref)
    entries = _listed(folder, tree)
    for entry in entries:
        if not entry.mode.startswith("100") or ".." in entry.path.split("/"):
            raise BadInput(f"{ref}:cycles/{entry.path} isn't a regular file (a link, or another repository)")
    for entry, content in zip(entries, _contents(folder, entries), strict=True):
        path = os.path.join(into, entry.path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "xb") as file:
            file.write(content)


def _tree(folder: str, ref: str) -> str:
    try:
        tree = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}:./cycles").decode().strip()
    except NotFetched:
        raise NotFound(
            f"this partial clone has no '{ref}' with a folder cycles/. If there is one, fetch it first"
        ) from None
    except NotFound as missing:
        if missing.args[0]:
            raise
        raise NotFound(f"'{ref}' isn't a git commit, branch or tag with a folder cycles/") from None
    if _git(folder, "cat-file", "-t", tree).strip() != b"tree":
        target = _git(folder, "cat-file", "blob", tree)[:100].decode(errors="replace").partition("\n")[0]
        raise BadInput(f"{ref}:cycles is not a folder but a link to '{target}': commit the folder itself as cycles/")
    return tree


def _listed(folder: str, tree: str) -> list[TreeEntry]:
    """All files below a tree."""
    return list(_entries(_git(folder, "ls-tree", "-r", "-z", "--full-tree", tree)))


def _entries(listed: bytes) -> Iterator[TreeEntry]:
    for line in filter(None, listed.split(b"\0")):
        about, _, path = line.partition(b"\t")
        mode, _, blob = about.decode().split(" ")
        yield TreeEntry(mode, blob, os.fsdecode(path))


def _contents(folder: str, entries: list[TreeEntry]) -> Iterator[bytes]:
    """The files' contents, without git's working tree filters and attributes."""
    asked = "".join(entry.blob + "\n" for entry in entries).encode()
    output, at = _git(folder, "cat-file", "--batch", given=asked), 0
    for entry in entries:
        end = output.index(b"\n", at)
        size = output[at:end].rpartition(b" ")[2]
        if not size.isdigit():
            raise NotFound(f"git has no content of cycles/{entry.path} here. Fetch it: `git fetch --refetch`")
        yield output[end + 1 : end + 1 + int(size)]
        at = end + 1 + int(size) + 1


def _git(folder: str, *words: str, given: bytes = b"") -> bytes:
    """Raises NotFound with git's error message."""
    try:
        asked = [*QUIET, "git", *HARMLESS, "-C", folder, *words]
        done = subprocess.run(asked, input=given, capture_output=True, timeout=60)
    except OSError:
        raise NotFound(NO_GIT) from None
    except subprocess.TimeoutExpired:
        raise NotFound(f"git doesn't answer: git {words[0]}") from None
    if done.returncode == 127:
        raise NotFound(NO_GIT)
    if done.returncode and b"lazy fetching disabled" in done.stderr:
        raise NotFetched("this partial clone has no object that git was asked for: fetch it first")
    if done.returncode:
        raise NotFound(done.stderr.decode(errors="replace").strip().removeprefix("fatal: ").partition("\n")[0])
    return done.stdout
