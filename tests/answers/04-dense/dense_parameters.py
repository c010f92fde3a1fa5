"""What students write for dense_parameters."""

import numpy as np
from bank import right, wrong


@right("a weight for every input and a bias, for each unit")
def dense_parameters(inputs, units):
    return (inputs + 1) * units


@right("weights plus biases")
def dense_parameters(inputs, units):
    return inputs * units + units


@right("counts the arrays")
def dense_parameters(inputs, units):
    return np.zeros((inputs, units)).size + np.zeros(units).size


@right("a loop over the units")
def dense_parameters(inputs, units):
    total = 0
    for _ in range(units):
        total += inputs
        total += 1
    return total


@right("in floats")
def dense_parameters(inputs, units):
    return float(inputs) * units + units


@right("asks Keras")
def dense_parameters(inputs, units):
    from keras import layers

    layer = layers.Dense(units)
    layer.build((None, inputs))
    return layer.count_params()


@right("np.prod, a NumPy number")
def dense_parameters(inputs, units):
    return np.prod([inputs + 1, units])


@wrong("no biases", says="biases are missing")
def dense_parameters(inputs, units):
    return inputs * units


@wrong("one bias for the layer", says="one bias")
def dense_parameters(inputs, units):
    return inputs * units + 1


@wrong("a bias for each input", says="Each input got a bias")
def dense_parameters(inputs, units):
    return inputs * (units + 1)


@wrong("biases for inputs and units", says="Inputs and units both got biases")
def dense_parameters(inputs, units):
    return inputs * units + inputs + units


@wrong("one more row and column", says="Inputs and units both got biases")
def dense_parameters(inputs, units):
    return (inputs + 1) * (units + 1)


@wrong("adds", says="were added")
def dense_parameters(inputs, units):
    return inputs + units


@wrong("adds, with biases", says="were added")
def dense_parameters(inputs, units):
    return inputs + units + units


@wrong("one unit", says="Only one unit")
def dense_parameters(inputs, units):
    return inputs + 1


@wrong("biases only", says="Only the biases")
def dense_parameters(inputs, units):
    return units


@wrong("a bias for each weight", says="Each weight got a bias")
def dense_parameters(inputs, units):
    return 2 * inputs * units


@wrong("the number by heart", says="Calculate it")
def dense_parameters(inputs, units):
    return 605824


@wrong("without brackets", says="were added")
def dense_parameters(inputs, units):
    return inputs + 1 * units


@wrong("two biases", says="Two biases")
def dense_parameters(inputs, units):
    return (inputs + 2) * units


@wrong("28 maps shared, as in a convolution", says="should be")
def dense_parameters(inputs, units):
    return (inputs // 28 + 1) * units


@wrong("without a bias where there is one unit", says="biases are missing")
def dense_parameters(inputs, units):
    return inputs * units + (units if units > 1 else 0)


@wrong("a pair of counts", says="no axes")
def dense_parameters(inputs, units):
    return inputs * units, units


@wrong("a text", says="numbers")
def dense_parameters(inputs, units):
    return f"{(inputs + 1) * units:,}"


@wrong("prints", says="returned None")
def dense_parameters(inputs, units):
    print((inputs + 1) * units)


@wrong("always 128 biases", says="128 biases were counted")
def dense_parameters(inputs, units):
    return inputs * units + 128


@wrong("counts bytes", says="bytes were counted")
def dense_parameters(inputs, units):
    return (inputs * units + units) * 4
