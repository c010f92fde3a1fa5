"""What students write for conv_parameters."""

import numpy as np
from bank import right, wrong


@right("weights and a bias for each filter")
def conv_parameters(kernel_size, channels, filters):
    kh, kw = kernel_size
    return (kh * kw * channels + 1) * filters


@right("weights plus biases")
def conv_parameters(kernel_size, channels, filters):
    return kernel_size[0] * kernel_size[1] * channels * filters + filters


@right("np.prod")
def conv_parameters(kernel_size, channels, filters):
    return np.prod(kernel_size) * channels * filters + filters


@right("sizes of arrays")
def conv_parameters(kernel_size, channels, filters):
    return np.empty((*kernel_size, channels, filters)).size + np.empty(filters).size


@right("a whole float")
def conv_parameters(kernel_size, channels, filters):
    return float(kernel_size[0] * kernel_size[1] * channels * filters + filters)


@right("counts one by one")
def conv_parameters(kernel_size, channels, filters):
    count = 0
    for _ in range(filters):
        for _ in range(kernel_size[0] * kernel_size[1]):
            count += channels
        count += 1
    return count


@wrong("no biases", says="biases are missing")
def conv_parameters(kernel_size, channels, filters):
    return kernel_size[0] * kernel_size[1] * channels * filters


@wrong("one bias", says="got one bias")
def conv_parameters(kernel_size, channels, filters):
    return kernel_size[0] * kernel_size[1] * channels * filters + 1


@wrong("channels forgotten", says="channels were forgotten")
def conv_parameters(kernel_size, channels, filters):
    return (kernel_size[0] * kernel_size[1] + 1) * filters


@wrong("a bias for each channel of each filter", says="one bias, however many channels")
def conv_parameters(kernel_size, channels, filters):
    return (kernel_size[0] * kernel_size[1] + 1) * channels * filters


@wrong("a bias for each channel", says="not one for each channel")
def conv_parameters(kernel_size, channels, filters):
    return kernel_size[0] * kernel_size[1] * channels * filters + channels


@wrong("height squared", says="square of its height")
def conv_parameters(kernel_size, channels, filters):
    return (kernel_size[0] ** 2 * channels + 1) * filters


@wrong("width squared", says="square of its width")
def conv_parameters(kernel_size, channels, filters):
    return (kernel_size[1] ** 2 * channels + 1) * filters


@wrong("height plus width", says="were added")
def conv_parameters(kernel_size, channels, filters):
    return (sum(kernel_size) * channels + 1) * filters


@wrong("always 280", says="280 is the answer")
def conv_parameters(kernel_size, channels, filters):
    return 280


@wrong("counts the places", says="weight sharing")
def conv_parameters(kernel_size, channels, filters):
    return (kernel_size[0] * kernel_size[1] * channels + 1) * filters * 26 * 26


@wrong("weights of one filter", says="one filter")
def conv_parameters(kernel_size, channels, filters):
    return kernel_size[0] * kernel_size[1] * channels + filters


@wrong("one filter", says="one filter")
def conv_parameters(kernel_size, channels, filters):
    return kernel_size[0] * kernel_size[1] * channels + 1


@wrong("channels and filters swapped", says="swapped")
def conv_parameters(kernel_size, channels, filters):
    return (kernel_size[0] * kernel_size[1] * filters + 1) * channels


@wrong("prints", says="return")
def conv_parameters(kernel_size, channels, filters):
    print(kernel_size[0] * kernel_size[1] * channels * filters + filters)


@wrong("a pair: weights and biases", says="single number")
def conv_parameters(kernel_size, channels, filters):
    return kernel_size[0] * kernel_size[1] * channels * filters, filters
