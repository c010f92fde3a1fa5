"""Figures that several lessons draw."""

import numpy as np


def show_digits(images, titles=None, columns: int = 8, size: float = 1.1):
    """Draw digits in a grid, ink dark on light paper, and return the matplotlib Figure.

    images: one `(h, w)` image or several, `(n, h, w)` or `(n, h, w, 1)`; titles: a text or number for each; size: inches per digit.
    All images share one grey scale.
    """
    import matplotlib.pyplot as plt

    images = np.asarray(images)
    if images.ndim == 2:
        images = images[None]
    if images.ndim == 4:
        images = images[..., 0]
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    height = size * (1.25 if titles is not None else 1.0)
    figure, axes = plt.subplots(rows, columns, figsize=(columns * size, rows * height), squeeze=False, layout="constrained")
    for index, axis in enumerate(axes.flat):
        axis.axis("off")
        if index < len(images):
            axis.imshow(images[index], cmap="gray_r", vmin=images.min(), vmax=images.max())
            if titles is not None:
                axis.set_title(str(titles[index]), fontsize=9)
    plt.close(figure)  # so that a notebook shows the returned figure once
    return figure
