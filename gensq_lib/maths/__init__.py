"""The mathematics, without words: divergences, gradients of random draws, objectives, schedules, adversarial losses."""
