"""The digits: three parts without a common picture, and units that a discrete model confirms."""
import math

import torch

from gensq_lib.vectors import digits


def test_parts_are_fixed_by_the_seed_and_share_nothing():
    parts, again, other = digits.load(seed=0), digits.load(seed=0), digits.load(seed=1)
    assert {name: len(part) for name, part in parts.items()} == digits.SIZES and sum(digits.SIZES.values()) == 1797
    assert torch.equal(parts["test"].levels, again["test"].levels)
    assert not torch.equal(parts["test"].levels, other["test"].levels)
    rows = [tuple(row) for part in parts.values() for row in part.levels.tolist()]
    assert len(set(rows)) == len(rows)


def test_dequantised_levels_can_be_read_again(generator):
    part = digits.load()["valid"]
    images = part.images(generator=generator)
    assert images.min() >= 0 and images.max() < 1
    assert torch.equal((images * digits.NUM_LEVELS).long(), part.levels)


def test_uniform_density_is_the_uniform_over_levels():
    """A density of 1 on the cube gives each level 1/17: exactly 64 log 17 nats."""
    assert digits.nats_per_image(torch.zeros(2)).tolist() == [64 * math.log(17)] * 2 or \
        torch.allclose(digits.nats_per_image(torch.zeros(2)), torch.full((2,), 64 * math.log(17)))
