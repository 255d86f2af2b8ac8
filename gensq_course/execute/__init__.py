"""A notebook as a program: `running.run` takes parameters and leaves an executed notebook, an offline page and numbers.

Beside it: `page` (the HTML), `executed` (lessons as committed), `builds` (versions for a class), `voila` (widgets alone).
"""
