"""`python -m resnet_viz`: the same as `resnet-viz`."""

import sys

from resnet_viz.cli import main


def run() -> None:
    """Runs the command line, and ends the process with its status."""
    sys.exit(main())


if __name__ == "__main__":
    run()
