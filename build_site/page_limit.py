"""How many runs a page can carry: of a study of more it carries a random sample."""

# Three times as many are 150 MB, which a browser takes too long to load and to count through.
PAGE_RUNS = 2_000_000
