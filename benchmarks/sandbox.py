"""Where demonstrations and measurements run: under an invented identity, nobody's own settings."""

import os
from pathlib import Path

SETTINGS = """\
[user]
	name = 示例甲
	email = jia@example.edu.cn
[gc]
	auto = 0
"""


def surroundings(folder: Path) -> dict[str, str]:
    """Return the environment for commands that work below `folder`."""
    settings = folder / "gitconfig"
    settings.write_text(SETTINGS, "utf-8")
    # what is installed has its bytecode beside it; what is measured must be allowed to write it
    left = ("GIT_", "QJ", "PYTHONDONTWRITEBYTECODE")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(left)}
    return {
        **kept,
        "GIT_CONFIG_GLOBAL": str(settings),
        "GIT_CONFIG_NOSYSTEM": "1",
        "PYTHONUTF8": "1",
    }
