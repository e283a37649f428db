"""Turns studies into a static site of linked, interactive plots."""

import os

# The statistics invert many small matrices, one after the other. Threads would only wait for each
# other: on a busy machine that took 50 times as long. One thread also keeps the last digits the
# same on any number of cores. NumPy reads this when it is imported, which is after this package.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
