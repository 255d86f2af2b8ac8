"""One file per model; what several share is in `parts`."""
