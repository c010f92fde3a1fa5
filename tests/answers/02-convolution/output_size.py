"""What students write for output_size."""

import math

import numpy as np
from bank import right, wrong


@right("the formula")
def output_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride + 1


@right("counts the places")
def output_size(size, kernel, stride=1, padding=0):
    places = 0
    start = -padding
    while start + kernel <= size + padding:
        places += 1
        start += stride
    return places


@right("length of a range")
def output_size(size, kernel, stride=1, padding=0):
    return len(range(0, size + 2 * padding - kernel + 1, stride))


@right("math.floor")
def output_size(size, kernel, stride=1, padding=0):
    return math.floor((size + 2 * padding - kernel) / stride + 1)


@right("int of a float")
def output_size(size, kernel, stride=1, padding=0):
    return int((size + 2 * padding - kernel) / stride) + 1


@right("a NumPy integer")
def output_size(size, kernel, stride=1, padding=0):
    return np.floor_divide(np.int64(size + 2 * padding - kernel), stride) + 1


@right("an array without axes")
def output_size(size, kernel, stride=1, padding=0):
    return np.array((size + 2 * padding - kernel) // stride + 1)


@right("slides a window over zeros")
def output_size(size, kernel, stride=1, padding=0):
    row = np.pad(np.zeros(size), padding)
    return len(np.lib.stride_tricks.sliding_window_view(row, kernel)[::stride])


@wrong("no + 1", says="+ 1 is missing")
def output_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride


@wrong("divides with /", says="//")
def output_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) / stride + 1


@wrong("a float that is whole", says="not an int")
def output_size(size, kernel, stride=1, padding=0):
    return np.floor((size + 2 * padding - kernel) / stride) + 1


@wrong("padding counted once", says="both ends")
def output_size(size, kernel, stride=1, padding=0):
    return (size + padding - kernel) // stride + 1


@wrong("padding ignored", says="padding was ignored")
def output_size(size, kernel, stride=1, padding=0):
    return (size - kernel) // stride + 1


@wrong("padding subtracted", says="padding was subtracted")
def output_size(size, kernel, stride=1, padding=0):
    return (size - 2 * padding - kernel) // stride + 1


@wrong("padding added after the division", says="added to the result")
def output_size(size, kernel, stride=1, padding=0):
    return (size - kernel) // stride + 1 + 2 * padding


@wrong("stride ignored", says="stride was ignored")
def output_size(size, kernel, stride=1, padding=0):
    return size + 2 * padding - kernel + 1


@wrong("rounds up", says="rounded up")
def output_size(size, kernel, stride=1, padding=0):
    return math.ceil((size + 2 * padding - kernel) / stride) + 1


@wrong("+ 1 before the division", says="after the division")
def output_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel + 1) // stride


@wrong("brackets forgotten", says="brackets")
def output_size(size, kernel, stride=1, padding=0):
    return size + 2 * padding - kernel // stride + 1


@wrong("half a kernel at each border", says="odd size only")
def output_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - 2 * (kernel // 2) - 1) // stride + 1


@wrong("the kernel ignored", says="kernel's size is missing")
def output_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - 1) // stride + 1


@wrong("our network's answer only", says="but is 26")
def output_size(size, kernel, stride=1, padding=0):
    return 26


@wrong("prints the answer", says="return")
def output_size(size, kernel, stride=1, padding=0):
    print((size + 2 * padding - kernel) // stride + 1)


@wrong("returns a text", says="numbers")
def output_size(size, kernel, stride=1, padding=0):
    return str((size + 2 * padding - kernel) // stride + 1)


@wrong("rounds to the nearest", says="rounded up")
def output_size(size, kernel, stride=1, padding=0):
    return round((size + 2 * padding - kernel) / stride + 1)


@wrong("a tuple, as for a shape", says="single number")
def output_size(size, kernel, stride=1, padding=0):
    places = (size + 2 * padding - kernel) // stride + 1
    return places, places


@wrong("refuses a window larger than the bare image", says="larger than the image, but not larger than the image with its padding")
def output_size(size, kernel, stride=1, padding=0):
    if kernel > size:
        return 0
    return (size + 2 * padding - kernel) // stride + 1


@wrong("never less than the bare image allows", says="output_size(")
def output_size(size, kernel, stride=1, padding=0):
    return max(size - kernel, 0) // stride + 2 * padding // stride + 1


@right("divmod")
def output_size(size, kernel, stride=1, padding=0):
    strides, _left_over = divmod(size + padding + padding - kernel, stride)
    return 1 + strides
