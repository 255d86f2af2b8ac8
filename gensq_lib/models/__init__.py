"""One file per model; the parts that several share are in `recurrent`."""
