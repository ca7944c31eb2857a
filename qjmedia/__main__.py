"""The `qjmedia` command."""

import gc
import sys

OBJECTS = 100_000
"""How many new objects there may be before Python looks for garbage among them: loading the
libraries makes that many, none of them garbage, and looking through them takes 10 ms."""


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
