"""Lesson 14: by hand once, imported ever after."""
import torch
from answers.gan import best, losses, modes, slope

from gensq_course.checks import registry
from gensq_course.lessons.gan.patients import PATIENTS
from gensq_course.lessons.gan.penalty import cases
from gensq_course.lessons.gan.ward import ANSWERS
from gensq_lib import diagnostics
from gensq_lib.maths import adversarial


def test_by_hand_and_the_library_agree(generator):
    """What the lesson writes out is what the library has."""
    real, fake = torch.randn(2, 9, generator=generator)
    table = adversarial.LOSSES["non_saturating"]
    by_hand = registry.exercise(losses).reference(real, fake)
    torch.testing.assert_close(by_hand, torch.stack([table.judge(real, fake), table.generator(fake)], 1))
    p, q = torch.rand(2, 9, generator=generator)
    torch.testing.assert_close(registry.exercise(best).reference(p.log(), q.log()), table.optimum(p, q).sigmoid())
    critic, real, fake, alpha = cases()[-1]
    same = adversarial.gradient_penalty(critic, real, real, generator=generator)
    torch.testing.assert_close(registry.exercise(slope).reference(critic, real, real, alpha), same)
    x, centres = torch.randn(200, 2, generator=generator), torch.tensor([[0.0, 0.0], [1.0, 1.0]])
    found = registry.exercise(modes).reference(x, centres, 0.3)
    assert (found * 200).round().int().tolist() == diagnostics.coverage(x, centres, stddev=0.1).counts.tolist()


def test_the_ward_has_a_diagnosis_for_every_bed():
    assert set(ANSWERS) == set(PATIENTS)
