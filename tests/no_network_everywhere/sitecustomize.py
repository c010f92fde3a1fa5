"""Python imports this at its start: the guard takes effect in the processes that tests start, kernels among them."""

import runpy
from pathlib import Path

# Run, not imported: pytest imports the same file as a plug-in, and wants to be the first.
runpy.run_path(str(Path(__file__).parents[1] / "no_network.py"))["guard"]()
