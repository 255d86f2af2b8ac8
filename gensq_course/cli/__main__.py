"""`python -m gensq_course.cli` is `gensq`."""
import sys

from gensq_course.cli import main

sys.exit(main())
