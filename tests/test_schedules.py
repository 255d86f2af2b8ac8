import pytest
from hypothesis import given
from hypothesis import strategies as st

from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.schedules import constant, cyclical, linear, sigmoid, warmup_cosine

TABLE = [  # schedule, step -> value
    (constant(0.3), {0: 0.3, 999: 0.3}),
    (linear(0, 1, steps=10), {0: 0.0, 5: 0.5, 10: 1.0, 99: 1.0}),
    (linear(1, 0, steps=4), {0: 1.0, 2: 0.5, 4: 0.0}),
    (linear(0, 1, steps=10, delay=5), {0: 0.0, 5: 0.0, 10: 0.5, 15: 1.0}),
    (sigmoid(0, 1, steps=10), {0: 0.0, 5: 0.5, 10: 1.0, 99: 1.0}),
    (cyclical(0, 1, period=10), {0: 0.0, 5: 1.0, 9: 1.0, 10: 0.0, 12: 0.4}),
    (warmup_cosine(1.0, steps=110, warmup=10), {0: 0.1, 9: 1.0, 10: 1.0, 60: 0.5, 110: 0.0, 500: 0.0}),
]


@pytest.mark.parametrize("schedule, values", TABLE)
def test_schedule(schedule, values):
    assert {step: pytest.approx(schedule(step)) for step in values} == values


@given(st.integers(0, 10_000), st.integers(1, 5_000))
def test_beta_stays_between_its_ends(step, steps):
    for schedule in (linear(0, 1, steps=steps), sigmoid(0, 1, steps=steps), cyclical(0, 1, period=steps)):
        assert 0 <= schedule(step) <= 1


@pytest.mark.parametrize("make", [linear, sigmoid])
def test_a_warm_up_of_zero_steps_is_refused(make):
    """Trap 11: it would leave beta at its start for ever (or divide by zero)."""
    with pytest.raises(GensqError, match="expected steps > 0, got 0"):
        make(0, 1, steps=0)
