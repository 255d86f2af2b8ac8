"""A class: assignments for nbgrader, and feedback on what was handed in, by the checks that the lessons use.

What executes a student's code here does so in a process of its own (`limits.py`); what it may still do is in docs/instructors.md.
"""
