"""The `qjmedia` command."""

import gc
import sys

OBJECTS = 1_000_000
"""How many new objects there may be before Python looks for garbage among them: libraries and
records make that many, next to none of them garbage; some hundred MB at most may wait for it."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(OBJECTS)
    try:
        from qjmedia.cli import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:  # while starting or leaving: nothing is under way
        sys.exit(130)


if __name__ == "__main__":
    main()
