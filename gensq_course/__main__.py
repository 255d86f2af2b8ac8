"""`python -m gensq_course COMMAND`: what the make targets call, also where there is no make. Needs nothing but Python."""
import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(f"gensq: expected Python 3.11, 3.12 or 3.13, got {sys.version_info[0]}.{sys.version_info[1]}; name another one, "
             "for example `make lab PYTHON=python3.12` or `py -3.12 -m gensq_course lab`")

if __name__ == "__main__":
    from gensq_course.setup import main

    sys.exit(main(sys.argv[1:]))
