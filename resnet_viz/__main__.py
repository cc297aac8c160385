"""`python -m resnet_viz`: draws and summarises nets without a browser."""

import sys

from resnet_viz.cli import main

sys.exit(main())
