"""Lesson 19: every family on one corpus and one budget."""
