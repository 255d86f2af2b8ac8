"""Lesson 04: the numbers of the library are those of the exercises."""

import torch

from gensq_course.checks import registry


def test_the_numbers_of_the_library_are_those_of_the_exercises():
    from gensq_lib.vectors import digits
    torch.testing.assert_close(digits.nats_per_image(torch.tensor([3.0])),
                               registry.exercise("level_nll").reference(torch.tensor([3.0]), 64, 17))
