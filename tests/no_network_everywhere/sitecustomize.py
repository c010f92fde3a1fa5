"""Python imports this at its start: the guard takes effect in the processes that tests start, kernels among them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import no_network

sys.path.pop(0)
no_network.guard()
