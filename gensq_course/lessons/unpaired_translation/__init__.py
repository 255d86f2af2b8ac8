"""Lesson 17: its studies."""
