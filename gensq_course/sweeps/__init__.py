"""A lesson at many settings: `grid` says which, `points` runs them and knows which are done, `page` compares them."""
