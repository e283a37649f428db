"""How many runs a page can carry: of a study of more it carries a random sample."""

# Of nine hyper-parameters, no two runs alike, they are 75 MB, which a page counts through at every
# change of a filter.
PAGE_RUNS = 2_000_000
