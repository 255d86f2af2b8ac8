"""The digits: three parts without a common picture, and levels that noise does not hide."""
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
