"""The portal."""

import os

# The matcher shares its work out among threads and workers itself; a pool of threads in each of them would only be in
# the way. The library reads this when numpy is imported, which is later than this.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
