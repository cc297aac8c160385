"""`python -m resnet_viz`: the drawings and figures of a net without a browser."""

import sys

from resnet_viz.cli import main

sys.exit(main())
