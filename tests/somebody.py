"""Root may write everywhere; what a person without rights is refused is tried as such a person."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NOBODY = 65534


@contextmanager
def ordinary(*folders: Path) -> Iterator[None]:
    """Run the block, and all it starts, as somebody who may write only what is his.

    He owns `folders` and all below. Where we are not root already, there is nothing to do.
    """
    if os.name != "posix" or os.geteuid() != 0:
        yield
        return
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    groups = os.getgroups()
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, 0)
    os.setresuid(NOBODY, NOBODY, 0)  # what is started loses the way back, we keep it
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)
        os.setgroups(groups)


@contextmanager
def open_folder() -> Iterator[Path]:
    """Give a folder that everybody may reach, with Git settings for whoever works there.

    The folders that pytest makes are closed to others.
    """
    with tempfile.TemporaryDirectory() as made, pytest.MonkeyPatch.context() as patch:
        folder = Path(made)
        folder.chmod(0o755)
        settings = folder / ".gitconfig"
        settings.write_text("[user]\n\tname = 示例甲\n\temail = jia@example.edu.cn\n", "utf-8")
        patch.setenv("HOME", made)
        patch.setenv("GIT_CONFIG_GLOBAL", str(settings))
        yield folder
