"""What students write for adam_step."""

import numpy as np
from bank import right, wrong


def adam(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, step=None):
    """The right way, for answers that go wrong in the step."""
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
    change = m_hat / (np.sqrt(v_hat) + epsilon) if step is None else step(m, v, m_hat, v_hat)
    return parameter - learning_rate * change, m, v


@right("as in the paper")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    parameter = parameter - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return parameter, m, v


@right("Keras' place for epsilon")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = m + (gradient - m) * (1 - beta_1)
    v = v + (np.square(gradient) - v) * (1 - beta_2)
    alpha = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return [parameter - alpha * m / (np.sqrt(v) + epsilon), m, v]


@right("element by element")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    new = [np.array(a, dtype=float) for a in (parameter, m, v)]
    for place in np.ndindex(parameter.shape):
        new[1][place] = beta_1 * m[place] + (1 - beta_1) * gradient[place]
        new[2][place] = beta_2 * v[place] + (1 - beta_2) * gradient[place] ** 2
        root = (new[2][place] / (1 - beta_2**t)) ** 0.5
        new[0][place] -= learning_rate * new[1][place] / (1 - beta_1**t) / (root + epsilon)
    return tuple(new)


@right("in place, on copies, float32")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    parameter, m, v = (np.array(a, dtype=np.float32) for a in (parameter, m, v))
    m *= beta_1
    m += (1 - beta_1) * gradient
    v *= beta_2
    v += (1 - beta_2) * gradient * gradient
    parameter -= learning_rate * (m / (1 - beta_1**t)) / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
    return parameter, m, v


@right("Keras' own optimizer")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    import keras

    variable = keras.Variable(parameter)
    optimizer = keras.optimizers.Adam(learning_rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon)
    optimizer.build([variable])
    optimizer.iterations.assign(t - 1)
    moments = [one for one in optimizer.variables if one.shape == variable.shape][-2:]
    for moment, value in zip(moments, (m, v), strict=True):
        moment.assign(value)
    optimizer.apply([keras.ops.convert_to_tensor(gradient, "float32")], [variable])
    return np.array(variable), np.array(moments[0]), np.array(moments[1])


@right("lerp")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m, v = (beta * old + (1 - beta) * new for beta, old, new in ((beta_1, m, gradient), (beta_2, v, np.abs(gradient) ** 2)))
    return (
        np.subtract(parameter, learning_rate * np.divide(m / (1 - np.power(beta_1, t)), epsilon + (v / (1 - np.power(beta_2, t))) ** 0.5)),
        m,
        v,
    )


@wrong("uphill", says="moved uphill")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    new, m, v = adam(parameter, gradient, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    return 2 * parameter - new, m, v


@wrong("no bias correction", says="bias correction is missing")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    return adam(parameter, gradient, m, v, t, learning_rate, beta_1, beta_2, epsilon, lambda m, v, *_: m / (np.sqrt(v) + epsilon))


@wrong("only m corrected", says="bias correction of v")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    return adam(parameter, gradient, m, v, t, learning_rate, beta_1, beta_2, epsilon, lambda m, v, m_hat, _: m_hat / (np.sqrt(v) + epsilon))


@wrong("returns the corrected m and v", says="Return m as it is before the correction")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = (beta_1 * m + (1 - beta_1) * gradient) / (1 - beta_1**t)
    v = (beta_2 * v + (1 - beta_2) * gradient**2) / (1 - beta_2**t)
    return parameter - learning_rate * m / (np.sqrt(v) + epsilon), m, v


@wrong("returns the corrected v", says="Return v as it is before the correction")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    new, m, v = adam(parameter, gradient, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    return new, m, v / (1 - beta_2**t)


@wrong("t from 0", says="t was counted from 0")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    t = t + 1
    return adam(parameter, gradient, m, v, t, learning_rate, beta_1, beta_2, epsilon)


@wrong("t fixed at 1", says="always that of the first step")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    return adam(parameter, gradient, m, v, 1, learning_rate, beta_1, beta_2, epsilon)


@wrong("beta times t", says="raised to the power t")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    def step(m, v, *_):
        return m / (1 - beta_1 * t) / (np.sqrt(np.abs(v / (1 - beta_2 * t))) + epsilon)

    return adam(parameter, gradient, m, v, t, learning_rate, beta_1, beta_2, epsilon, step)


@wrong("no square root", says="square root is missing")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    return adam(parameter, gradient, m, v, t, learning_rate, beta_1, beta_2, epsilon, lambda m, v, m_hat, v_hat: m_hat / (v_hat + epsilon))


@wrong("epsilon inside the root", says="outside of the square root")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    return adam(
        parameter, gradient, m, v, t, learning_rate, beta_1, beta_2, epsilon, lambda m, v, m_hat, v_hat: m_hat / np.sqrt(v_hat + epsilon)
    )


@wrong("gradient not squared", says="not squared in v")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient
    return parameter - learning_rate * m / (1 - beta_1**t) / (np.sqrt(np.abs(v / (1 - beta_2**t))) + epsilon), m, v


@wrong("shares the wrong way round", says="In m, the two shares")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    return adam(parameter, gradient, m, v, t, learning_rate, 1 - beta_1, 1 - beta_2, epsilon)


@wrong("betas swapped", says="m was updated with beta_2")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    return adam(parameter, gradient, m, v, t, learning_rate, beta_2, beta_1, epsilon)


@wrong("v of m", says="v was made from m squared")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * m**2
    return parameter - learning_rate * m / (1 - beta_1**t) / (np.sqrt(v / (1 - beta_2**t)) + epsilon), m, v


@wrong("adds squares up for ever", says="squares added up since the start")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = v + gradient**2
    return parameter - learning_rate * m / (1 - beta_1**t) / (np.sqrt(v) + epsilon), m, v


@wrong("plain gradient descent", says="plain gradient descent")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    _, m, v = adam(parameter, gradient, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    return parameter - learning_rate * gradient, m, v


@wrong("momentum without v", says="That is momentum")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    return adam(parameter, gradient, m, v, t, learning_rate, beta_1, beta_2, epsilon, lambda m, v, m_hat, _: m_hat)


@wrong("old m and v in the step", says="old m and v")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    _, new_m, new_v = adam(parameter, gradient, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    return parameter - learning_rate * m / (1 - beta_1**t) / (np.sqrt(v / (1 - beta_2**t)) + epsilon), new_m, new_v


@wrong("returns the old m and v", says="m was returned as it came")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    return adam(parameter, gradient, m, v, t, learning_rate, beta_1, beta_2, epsilon)[0], m, v


@wrong("returns the parameter alone", says="3 arrays")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    return adam(parameter, gradient, m, v, t, learning_rate, beta_1, beta_2, epsilon)[0]


@wrong("order of the lesson's sentence", says="order is not")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    new, m, v = adam(parameter, gradient, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    return m, v, new


@wrong("learning rate written in", says="learning_rate has no effect")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    return adam(parameter, gradient, m, v, t, 0.001, beta_1, beta_2, epsilon)


@wrong("beta_2 written in", says="beta_2 has no effect")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    return adam(parameter, gradient, m, v, t, learning_rate, beta_1, 0.999, epsilon)


@wrong("epsilon written in", says="epsilon has no effect")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    return adam(parameter, gradient, m, v, t, learning_rate, beta_1, beta_2, 1e-7)


@wrong("works in place", says="changed its first argument")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    new, m, v = adam(parameter, gradient, m, v, t, learning_rate, beta_1, beta_2, epsilon)
    parameter[...] = new
    return parameter, m, v


@wrong("no epsilon", says="it is missing in your formula")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    return parameter - learning_rate * (m / (1 - beta_1**t)) / np.sqrt(v / (1 - beta_2**t)), m, v


@wrong("epsilon added to the quotient", says="under the fraction bar")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    return parameter - learning_rate * (m / (1 - beta_1**t)) / np.sqrt(v / (1 - beta_2**t)) + epsilon, m, v


@wrong("v of the sum of the squares", says="one number was made of all the squares")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * np.mean(gradient**2)
    return parameter - learning_rate * (m / (1 - beta_1**t)) / (np.sqrt(v / (1 - beta_2**t)) + epsilon), m, v


@wrong("another default for the learning rate", says="The default of learning_rate is 0.001")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.01, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    return parameter - learning_rate * (m / (1 - beta_1**t)) / (np.sqrt(v / (1 - beta_2**t)) + epsilon), m, v


@wrong("another default for beta_2", says="The default of beta_2 is 0.999")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.99, epsilon=1e-7):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    return parameter - learning_rate * (m / (1 - beta_1**t)) / (np.sqrt(v / (1 - beta_2**t)) + epsilon), m, v


@wrong("keeps its own count of the steps", says="Use the argument t")
def adam_step(parameter, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, count=[0]):
    count[0] += 1
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    return parameter - learning_rate * (m / (1 - beta_1 ** count[0])) / (np.sqrt(v / (1 - beta_2 ** count[0])) + epsilon), m, v
