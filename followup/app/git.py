"""What git knows of a project's catalog: the commit that its files are of, and what they were at any other."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from typing import NamedTuple

from followup.errors import BadInput, NotFound


class TreeEntry(NamedTuple):
    """A file in a tree: `path` from the tree's root."""

    mode: str
    blob: str
    path: str


def commit(folder: str) -> str | None:
    """The commit of the files in `folder`, with `-dirty` where its cycles/ have edits that are not committed."""
    try:
        head = _git(folder, "rev-parse", "--verify", "HEAD")
        edits = _git(folder, "status", "--porcelain", "--", "cycles")
    except NotFound:
        return None
    return head.decode().strip() + ("-dirty" if edits else "")


def check_out(folder: str, ref: str, into: str) -> None:
    """Write what the project's cycles/ held at `ref` to the folder `into`, which is empty.

    Raises NotFound where there is no git, no repository or no such ref; BadInput for what is no plain file.
    """
    tree = _tree(folder, ref)
    entries = list(_entries(_git(folder, "ls-tree", "-r", "-z", "--full-tree", tree)))
    for entry in entries:
        if not entry.mode.startswith("100") or ".." in entry.path.split("/"):
            raise BadInput(f"{ref}:cycles/{entry.path} is no file of its own (a link, or another repository)")
    for entry, content in zip(entries, _contents(folder, entries), strict=True):
        path = os.path.join(into, entry.path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "xb") as file:
            file.write(content)


def _tree(folder: str, ref: str) -> str:
    try:
        tree = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}:./cycles").decode().strip()
    except NotFound as missing:
        if missing.args[0]:
            raise
        raise NotFound(f"git knows no '{ref}' with a folder cycles/: name a commit, a branch or a tag") from None
    if _git(folder, "cat-file", "-t", tree).strip() != b"tree":
        target = _git(folder, "cat-file", "blob", tree)[:100].decode(errors="replace").partition("\n")[0]
        raise BadInput(f"{ref}:cycles is not a folder but a link to '{target}': commit the folder itself as cycles/")
    return tree


def _entries(listed: bytes) -> Iterator[TreeEntry]:
    for line in filter(None, listed.split(b"\0")):
        about, _, path = line.partition(b"\t")
        mode, _, blob = about.decode().split(" ")
        yield TreeEntry(mode, blob, os.fsdecode(path))


def _contents(folder: str, entries: list[TreeEntry]) -> Iterator[bytes]:
    """What the files hold, without any filter or attribute that git has for working trees."""
    asked = "".join(entry.blob + "\n" for entry in entries).encode()
    output, at = _git(folder, "cat-file", "--batch", given=asked), 0
    for _ in entries:
        end = output.index(b"\n", at)
        size = int(output[at:end].rsplit(b" ", 1)[1])
        yield output[end + 1 : end + 1 + size]
        at = end + 1 + size + 1


def _git(folder: str, *words: str, given: bytes = b"") -> bytes:
    """Raises NotFound with what git says of it."""
    try:
        done = subprocess.run(["git", "-C", folder, *words], input=given, capture_output=True, timeout=60)
    except OSError:
        raise NotFound("git is not installed here") from None
    except subprocess.TimeoutExpired:
        raise NotFound(f"git does not answer: git {words[0]}") from None
    if done.returncode:
        raise NotFound(done.stderr.decode(errors="replace").strip().removeprefix("fatal: ").partition("\n")[0])
    return done.stdout
