"""`python -m gensq_lib.cli` is `gensq`."""
import sys

from gensq_lib.cli import main

sys.exit(main())
