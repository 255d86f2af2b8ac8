"""An exam whose numbers are drawn from a secret: questions to be worked by hand, and solutions computed by the course's own code.

    EXAM_SECRET=... gensq exam -n 10 --students numbers.txt -o exam
"""
