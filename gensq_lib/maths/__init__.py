"""The mathematics, without words: divergences, objectives, schedules, adversarial losses."""
