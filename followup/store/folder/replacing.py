"""Another folder's files become those of the store: in one step, as any change does."""

from __future__ import annotations

import os
import shutil

from followup.disk import failure_said, whole_folder
from followup.store.folder import commit
from followup.store.folder.instance import OFFICE_FILE, check_ours
from followup.store.folder.office_folder import IGNORED, Folder
from followup.store.folder.reading import read
from followup.store.folder.table_files import NAMES


def put_in_place(new: str, path: str, kept: str) -> None:
    """The files of `new` become those of `path`, whose folder is copied to `kept` first. Raises CannotWrite, Busy;
    NoProject for a folder that is no store's."""
    folder = Folder(path)
    with folder.writing():
        check_ours(folder)
        with failure_said(kept), whole_folder(kept) as part:
            shutil.copytree(path, part, dirs_exist_ok=True)
        files = {name: read(os.path.join(new, name)) for name in (OFFICE_FILE, *NAMES)}
        commit.commit(path, files | {".gitignore": IGNORED.encode()}, {})
