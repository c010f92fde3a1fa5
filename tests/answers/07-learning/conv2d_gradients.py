"""What students write for conv2d_gradients."""

import numpy as np
from bank import right, wrong


def sums(images, kernels, upstream):
    """The right ones, for answers that go wrong in one place."""
    kh, kw = kernels.shape[:2]
    _, rows, columns, _ = upstream.shape
    dimages, dkernels = np.zeros(images.shape), np.zeros(kernels.shape)
    for a in range(kh):
        for b in range(kw):
            dkernels[a, b] = np.tensordot(images[:, a : a + rows, b : b + columns], upstream, axes=([0, 1, 2], [0, 1, 2]))
            dimages[:, a : a + rows, b : b + columns] += upstream @ kernels[a, b].T
    return dimages, dkernels, upstream.sum(axis=(0, 1, 2))


@right("loops over the weights")
def conv2d_gradients(images, kernels, upstream):
    kh, kw, channels, filters = kernels.shape
    _, rows, columns, _ = upstream.shape
    dimages, dkernels = np.zeros(images.shape), np.zeros(kernels.shape)
    flat = upstream.reshape(-1, filters)
    for a, b in np.ndindex(kh, kw):
        dkernels[a, b] = images[:, a : a + rows, b : b + columns].reshape(-1, channels).T @ flat
        dimages[:, a : a + rows, b : b + columns] += upstream @ kernels[a, b].T
    return dimages, dkernels, flat.sum(axis=0)


@right("loops over the places, as a list")
def conv2d_gradients(images, kernels, upstream):
    kh, kw = kernels.shape[:2]
    dimages, dkernels = np.zeros(images.shape), np.zeros(kernels.shape)
    for i, j in np.ndindex(upstream.shape[1:3]):
        dkernels += np.einsum("mabc,mf->abcf", images[:, i : i + kh, j : j + kw], upstream[:, i, j])
        dimages[:, i : i + kh, j : j + kw] += np.einsum("mf,abcf->mabc", upstream[:, i, j], kernels)
    return [dimages, dkernels, np.einsum("mijf->f", upstream)]


@right("padded upstream and turned kernels")
def conv2d_gradients(images, kernels, upstream):
    kh, kw = kernels.shape[:2]
    padded = np.pad(upstream, ((0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1), (0, 0)))
    around = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(1, 2))
    dimages = np.einsum("mijfab,abcf->mijc", around, kernels[::-1, ::-1], optimize=True)
    below = np.lib.stride_tricks.sliding_window_view(images, upstream.shape[1:3], axis=(1, 2))
    dkernels = np.einsum("mabcij,mijf->abcf", below, upstream, optimize=True)
    return dimages, dkernels, upstream.sum((0, 1, 2))


@right("image to columns, float32")
def conv2d_gradients(images, kernels, upstream):
    images, kernels, upstream = (a.astype(np.float32) for a in (images, kernels, upstream))
    kh, kw, channels, filters = kernels.shape
    n, rows, columns, _ = upstream.shape
    patches = np.stack([images[:, i : i + kh, j : j + kw].reshape(n, -1) for i in range(rows) for j in range(columns)], axis=1)
    flat = upstream.reshape(n, rows * columns, filters)
    dkernels = np.tensordot(patches, flat, axes=([0, 1], [0, 1])).reshape(kernels.shape)
    back = flat @ kernels.reshape(-1, filters).T
    dimages = np.zeros_like(images)
    for place in range(rows * columns):
        i, j = divmod(place, columns)
        dimages[:, i : i + kh, j : j + kw] += back[:, place].reshape(n, kh, kw, channels)
    return dimages, dkernels, flat.sum(axis=(0, 1))


@right("np.add.at")
def conv2d_gradients(images, kernels, upstream):
    dimages, dkernels, dbias = np.zeros(images.shape), np.zeros(kernels.shape), np.zeros(kernels.shape[3])
    m, i, j = (index.ravel() for index in np.indices(upstream.shape[:3]))
    blame = upstream[m, i, j]
    for a, b in np.ndindex(kernels.shape[:2]):
        np.add.at(dimages, (m, i + a, j + b), blame @ kernels[a, b].T)
        dkernels[a, b] = images[m, i + a, j + b].T @ blame
    np.add.at(dbias, np.arange(len(dbias)), blame.sum(axis=0))
    return dimages, dkernels, dbias


@right("TensorFlow's tape")
def conv2d_gradients(images, kernels, upstream):
    import tensorflow as tf

    images, kernels, upstream = (tf.constant(np.ascontiguousarray(a)) for a in (images, kernels, upstream))
    with tf.GradientTape() as tape:
        tape.watch([images, kernels])
        z = tf.nn.conv2d(images, kernels, 1, "VALID")
    return (*tape.gradient(z, (images, kernels), upstream), tf.reduce_sum(upstream, (0, 1, 2)))


@wrong("kernels not turned over padded upstream", says="turned the wrong way in dimages")
def conv2d_gradients(images, kernels, upstream):
    dimages, _, _ = sums(images, kernels[::-1, ::-1], upstream)
    return dimages, *sums(images, kernels, upstream)[1:]


@wrong("dkernels turned", says="dkernels is turned")
def conv2d_gradients(images, kernels, upstream):
    dimages, dkernels, dbias = sums(images, kernels, upstream)
    return dimages, dkernels[::-1, ::-1], dbias


@wrong("= in place of +=", says="one weight only")
def conv2d_gradients(images, kernels, upstream):
    dimages, dkernels, dbias = sums(images, kernels, upstream)
    _, rows, columns, _ = upstream.shape
    dimages[...] = 0
    for a, b in np.ndindex(kernels.shape[:2]):
        dimages[:, a : a + rows, b : b + columns] = upstream @ kernels[a, b].T
    return dimages, dkernels, dbias


@wrong("= in place of +=, window by window", says="one window only")
def conv2d_gradients(images, kernels, upstream):
    _, dkernels, dbias = sums(images, kernels, upstream)
    kh, kw = kernels.shape[:2]
    dimages = np.zeros(images.shape)
    for i, j in np.ndindex(upstream.shape[1:3]):
        dimages[:, i : i + kh, j : j + kw] = np.einsum("mf,abcf->mabc", upstream[:, i, j], kernels)
    return dimages, dkernels, dbias


@wrong("the border is missing", says="border")
def conv2d_gradients(images, kernels, upstream):
    dimages, dkernels, dbias = sums(images, kernels, upstream)
    kh, kw = kernels.shape[:2]
    return dimages[:, kh - 1 : dimages.shape[1] - kh + 1, kw - 1 : dimages.shape[2] - kw + 1], dkernels, dbias


@wrong("dkernels divided by n", says="divided by the number of examples")
def conv2d_gradients(images, kernels, upstream):
    dimages, dkernels, dbias = sums(images, kernels, upstream)
    return dimages, dkernels / len(images), dbias


@wrong("mean over the places", says="mean over all places")
def conv2d_gradients(images, kernels, upstream):
    dimages, dkernels, dbias = sums(images, kernels, upstream)
    return dimages, dkernels / upstream[..., 0].size, dbias


@wrong("channels and filters swapped", says="Channels and filters are swapped")
def conv2d_gradients(images, kernels, upstream):
    dimages, dkernels, dbias = sums(images, kernels, upstream)
    return dimages, dkernels.transpose(0, 1, 3, 2) if dkernels.shape[2] != dkernels.shape[3] else dkernels, dbias


@wrong("one filter only", says="only the first filter")
def conv2d_gradients(images, kernels, upstream):
    _, dkernels, dbias = sums(images, kernels, upstream)
    return sums(images, kernels[..., :1], upstream[..., :1])[0], dkernels, dbias


@wrong("the last image only", says="Only the last image")
def conv2d_gradients(images, kernels, upstream):
    dimages, _, dbias = sums(images, kernels, upstream)
    for m in range(len(images)):
        _, dkernels, _ = sums(images[m : m + 1], kernels, upstream[m : m + 1])
    return dimages, dkernels, dbias


@wrong("dbias for each image", says="not added up over the images")
def conv2d_gradients(images, kernels, upstream):
    dimages, dkernels, _ = sums(images, kernels, upstream)
    return dimages, dkernels, upstream.sum(axis=(1, 2))


@wrong("dbias is a mean", says="dbias is a mean")
def conv2d_gradients(images, kernels, upstream):
    dimages, dkernels, _ = sums(images, kernels, upstream)
    return dimages, dkernels, upstream.mean(axis=(0, 1, 2))


@wrong("dbias keeps its axes", says="axes too many")
def conv2d_gradients(images, kernels, upstream):
    dimages, dkernels, _ = sums(images, kernels, upstream)
    return dimages, dkernels, upstream.sum(axis=(0, 1, 2), keepdims=True)


@wrong("height and width mixed up", says="height and width differ")
def conv2d_gradients(images, kernels, upstream):
    dimages, dkernels, dbias = sums(images, kernels, upstream)
    k = kernels.shape[0]
    rows = upstream.shape[1]
    wrong = np.zeros((k, k, *kernels.shape[2:]))
    for a, b in np.ndindex(k, k):
        part = images[:, a : a + rows, b : b + rows]
        if part.shape[2] == upstream.shape[2]:
            wrong[a, b] = np.tensordot(part, upstream, axes=([0, 1, 2], [0, 1, 2]))
    return dimages, wrong, dbias


@wrong("order swapped", says="order is not")
def conv2d_gradients(images, kernels, upstream):
    dimages, dkernels, dbias = sums(images, kernels, upstream)
    return dkernels, dbias, dimages


@wrong("dkernels alone", says="3 arrays")
def conv2d_gradients(images, kernels, upstream):
    return sums(images, kernels, upstream)[1]


@wrong("pads the images in place of a copy", says="changed its first argument")
def conv2d_gradients(images, kernels, upstream):
    result = sums(images, kernels, upstream)
    images -= images.mean()
    return result


def over_the_kernel(images, kernels, upstream, back=lambda kernels, a, b: kernels[a, b], seen=None):
    """The honest way over the places of the kernel; what follows bends it."""
    kh, kw = kernels.shape[:2]
    _, rows, columns, _ = upstream.shape
    dimages, dkernels = np.zeros(images.shape), np.zeros(kernels.shape)
    for a in range(kh):
        for b in range(kw):
            rectangle = images[:, a : a + rows, b : b + columns]
            dkernels[a, b] = np.einsum("nijc,nijf->cf", rectangle, upstream)
            dimages[:, a : a + rows, b : b + columns] += upstream @ back(kernels, a, b).T
    return dimages, dkernels, upstream.sum(axis=(0, 1, 2))


def as_a_convolution(kernels, upstream, flip=True, before=None):
    """A full correlation of upstream with the kernels; `before`: the zeros before the first row and column, and after the last."""
    from numpy.lib.stride_tricks import sliding_window_view

    kh, kw = kernels.shape[:2]
    (top, bottom), (left, right_) = before or ((kh - 1, kh - 1), (kw - 1, kw - 1))
    padded = np.pad(upstream, ((0, 0), (top, bottom), (left, right_), (0, 0)))
    windows = sliding_window_view(padded, (kh, kw), axis=(1, 2))
    kernels = kernels[::-1, ::-1] if flip else kernels
    return np.einsum("nijfab,abcf->nijc", windows, kernels)


@wrong("pads only on one side", says="dimages is shifted")
def conv2d_gradients(images, kernels, upstream):
    kh, kw = kernels.shape[:2]
    _, dkernels, dbias = over_the_kernel(images, kernels, upstream)
    return as_a_convolution(kernels, upstream, before=((0, 2 * (kh - 1)), (0, 2 * (kw - 1)))), dkernels, dbias


@wrong("pads as much as the kernel is long", says="dimages is too large")
def conv2d_gradients(images, kernels, upstream):
    kh, kw = kernels.shape[:2]
    _, dkernels, dbias = over_the_kernel(images, kernels, upstream)
    return as_a_convolution(kernels, upstream, before=((kh, kh), (kw, kw))), dkernels, dbias


@wrong("the filters as channels", says="It does not work for several filters")
def conv2d_gradients(images, kernels, upstream):
    kh, kw = kernels.shape[:2]
    _, rows, columns, _ = upstream.shape
    dimages, dkernels = np.zeros(images.shape), np.zeros(kernels.shape)
    for a in range(kh):
        for b in range(kw):
            dkernels[a, b] = np.einsum("nijc,nijf->cf", images[:, a : a + rows, b : b + columns], upstream)
            dimages[:, a : a + rows, b : b + columns] += upstream @ kernels[a, b]
    return dimages, dkernels, upstream.sum(axis=(0, 1, 2))


@wrong("all channels of dimages alike", says="All channels of dimages are alike")
def conv2d_gradients(images, kernels, upstream):
    dimages, dkernels, dbias = over_the_kernel(images, kernels, upstream)
    return np.repeat(dimages[..., :1], images.shape[-1], axis=-1), dkernels, dbias


@wrong("through relu as well", says="relu's gate is in it")
def conv2d_gradients(images, kernels, upstream):
    _, rows, columns, _ = upstream.shape
    kh, kw = kernels.shape[:2]
    z = sum(images[:, a : a + rows, b : b + columns] @ kernels[a, b] for a in range(kh) for b in range(kw))
    return over_the_kernel(images, kernels, upstream * (z > 0))


@wrong("dimages gated by the pixels", says="relu's gate is in dimages")
def conv2d_gradients(images, kernels, upstream):
    dimages, dkernels, dbias = over_the_kernel(images, kernels, upstream)
    return dimages * (images > 0), dkernels, dbias


@wrong("upstream left out of dkernels", says="upstream was left out of dkernels")
def conv2d_gradients(images, kernels, upstream):
    dimages, _, dbias = over_the_kernel(images, kernels, upstream)
    return dimages, over_the_kernel(images, kernels, np.ones_like(upstream))[1], dbias


@wrong("upstream left out of dimages", says="upstream was left out of dimages")
def conv2d_gradients(images, kernels, upstream):
    _, dkernels, dbias = over_the_kernel(images, kernels, upstream)
    return over_the_kernel(images, kernels, np.ones_like(upstream))[0], dkernels, dbias


@wrong("zeros for dimages", says="holds zeros only")
def conv2d_gradients(images, kernels, upstream):
    _, dkernels, dbias = over_the_kernel(images, kernels, upstream)
    return np.zeros(images.shape), dkernels, dbias


@wrong("the last row and column of the kernel left out", says="The last row and column of the kernels are left out")
def conv2d_gradients(images, kernels, upstream):
    kh, kw = kernels.shape[:2]
    _, rows, columns, _ = upstream.shape
    dimages, dkernels = np.zeros(images.shape), np.zeros(kernels.shape)
    for a in range(kh - 1):
        for b in range(kw - 1):
            dkernels[a, b] = np.einsum("nijc,nijf->cf", images[:, a : a + rows, b : b + columns], upstream)
            dimages[:, a : a + rows, b : b + columns] += upstream @ kernels[a, b].T
    return dimages, dkernels, upstream.sum(axis=(0, 1, 2))


@wrong("whole numbers", says="Digits after the point were cut off")
def conv2d_gradients(images, kernels, upstream):
    return tuple(array.astype(int) for array in over_the_kernel(images, kernels, upstream))
