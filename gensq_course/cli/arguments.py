"""Kinds of arguments, with a sentence for a wrong one."""
import argparse


def count(text: str) -> int:
    """A whole number that is not negative."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f'expected a whole number from 0 on, got "{text}"')
    return int(text)


def seeds(text: str) -> tuple[int, ...]:
    """"0,1,2"."""
    return tuple(dict.fromkeys(count(part.strip()) for part in text.split(",")))
