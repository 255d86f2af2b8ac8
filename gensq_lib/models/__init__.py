"""One file per model; what several share is in `parts`. `registry` makes a model from its config, `saving` keeps it in a file."""
