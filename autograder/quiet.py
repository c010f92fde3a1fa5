"""Import this before Keras, and TensorFlow's remarks at start-up are not shown.

TensorFlow probes for graphics cards as it is imported and says what it found in lines that no setting of its own turns off. In a notebook they would
stand, in red, below the first cell.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

try:
    _shown = os.dup(2)
except OSError:  # a process without a console has no stderr to keep quiet
    import keras
else:
    _nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(_nowhere, 2)
    try:
        import keras  # noqa: F401
    finally:
        os.dup2(_shown, 2)
        os.close(_shown)
        os.close(_nowhere)
