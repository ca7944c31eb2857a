"""The `qjmedia` command."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        from qjmedia.cli import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:  # while starting or leaving: nothing is under way
        sys.exit(130)


if __name__ == "__main__":
    main()
