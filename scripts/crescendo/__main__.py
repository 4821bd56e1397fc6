"""`python -m crescendo`."""

import sys

from crescendo.cli import main

sys.exit(main())
