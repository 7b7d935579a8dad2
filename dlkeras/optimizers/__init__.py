"""The course's optimizers, written as its equations and drop-in for Keras' own.

| here | course's form | Keras' form | default |
| --- | --- | --- | --- |
| `GradientDescent()` | both are the same | `keras.optimizers.SGD()` | |
| `Momentum()` | v = βv + (1 - β)g, `averaged=True` | `SGD(momentum=0.9)`, `averaged=False` | course's |
| `RMSprop()` | √s + ε, `"outside_root"` | √(s + ε), `"inside_root"` | Keras' |
| `Adam()` | √v̂ + ε, `"after_correction"` | √v + ε, `"before_correction"` | Keras' |

Where Keras has a class of the same name, the default is Keras' form, so that a change of the import alone
changes nothing; that goes for embeddings too, where Keras clips and squares the gradient of each token that a
batch repeats by itself, and `dense_gradients=True` sums them first. How far both
are apart stands in benchmarks/RESULTS.md.
"""

from dlkeras.optimizers.adam import Adam
from dlkeras.optimizers.gradient_descent import GradientDescent
from dlkeras.optimizers.momentum import Momentum
from dlkeras.optimizers.rmsprop import RMSprop

__all__ = ["Adam", "GradientDescent", "Momentum", "RMSprop"]
