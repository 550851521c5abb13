"""Writes the .h5 files beside this script, in the layout of Keras 2.2.4 with TensorFlow (model.save): see README.md."""

import json
from pathlib import Path

import h5py
import numpy

VERSION = "2.2.4"
FOLDER = Path(__file__).parent
random = numpy.random.RandomState(1)


def initializer(name="glorot_uniform"):
    if name == "glorot_uniform":
        return {
            "class_name": "VarianceScaling",
            "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None},
        }
    return {"class_name": name, "config": {}}


def matrix(*shape):
    """Glorot's uniform distribution."""
    fan = numpy.prod(shape[:-1]) + shape[-1]
    return random.uniform(-1, 1, shape) * numpy.sqrt(6.0 / fan)


def common(name, **config):
    return dict({"name": name, "trainable": True}, **config)


def kernel(**config):
    return dict(
        {
            "use_bias": True,
            "kernel_initializer": initializer(),
            "bias_initializer": initializer("Zeros"),
            "kernel_regularizer": None,
            "bias_regularizer": None,
            "activity_regularizer": None,
            "kernel_constraint": None,
            "bias_constraint": None,
        },
        **config,
    )


class Layer:
    """A layer's class, configuration and weights, the latter in Keras's order."""

    def __init__(self, class_name, config, weights=()):
        self.class_name = class_name
        self.config = config
        self.name = config["name"]
        self.weights = dict(weights)

    def first(self, *shape):
        self.config["batch_input_shape"] = [None, *shape]
        self.config["dtype"] = "float32"
        return self

    def json(self):
        return {"class_name": self.class_name, "config": self.config}


def source(name, *shape):
    return Layer("InputLayer", {"name": name, "batch_input_shape": [None, *shape], "dtype": "float32", "sparse": False})


def dense(name, inputs, units, activation):
    return Layer(
        "Dense",
        common(name, units=units, activation=activation, **kernel()),
        {"kernel": matrix(inputs, units), "bias": random.uniform(-0.1, 0.1, units)},
    )


def dropout(name, rate):
    return Layer("Dropout", common(name, rate=rate, noise_shape=None, seed=None))


def convolution(name, channels, filters, size, activation):
    return Layer(
        "Conv2D",
        common(
            name,
            filters=filters,
            kernel_size=[size, size],
            strides=[1, 1],
            padding="valid",
            data_format="channels_last",
            dilation_rate=[1, 1],
            activation=activation,
            **kernel(),
        ),
        {"kernel": matrix(size, size, channels, filters), "bias": random.uniform(-0.1, 0.1, filters)},
    )


def pooling(name):
    return Layer(
        "MaxPooling2D",
        common(name, pool_size=[2, 2], padding="valid", strides=[2, 2], data_format="channels_last"),
    )


def flatten(name):
    return Layer("Flatten", common(name, data_format="channels_last"))


def normalization(name, features):
    return Layer(
        "BatchNormalization",
        common(
            name,
            axis=-1,
            momentum=0.9,
            epsilon=0.001,
            center=True,
            scale=True,
            beta_initializer=initializer("Zeros"),
            gamma_initializer=initializer("Ones"),
            moving_mean_initializer=initializer("Zeros"),
            moving_variance_initializer=initializer("Ones"),
            beta_regularizer=None,
            gamma_regularizer=None,
            beta_constraint=None,
            gamma_constraint=None,
        ),
        {
            "gamma": random.uniform(0.5, 1.5, features),
            "beta": random.uniform(-0.1, 0.1, features),
            "moving_mean": random.uniform(-0.1, 0.1, features),
            "moving_variance": random.uniform(0.5, 1.5, features),
        },
    )


def embedding(name, words, units, steps, mask_zero=False):
    return Layer(
        "Embedding",
        common(
            name,
            input_dim=words,
            output_dim=units,
            embeddings_initializer={
                "class_name": "RandomUniform",
                "config": {"minval": -0.05, "maxval": 0.05, "seed": None},
            },
            embeddings_regularizer=None,
            activity_regularizer=None,
            embeddings_constraint=None,
            mask_zero=mask_zero,
            input_length=steps,
        ),
        {"embeddings": matrix(words, units)},
    )


def lstm(name, inputs, units, sequences):
    return Layer(
        "LSTM",
        common(
            name,
            return_sequences=sequences,
            return_state=False,
            go_backwards=False,
            stateful=False,
            unroll=False,
            units=units,
            activation="tanh",
            recurrent_activation="sigmoid",
            recurrent_initializer={"class_name": "Orthogonal", "config": {"gain": 1.0, "seed": None}},
            unit_forget_bias=True,
            recurrent_regularizer=None,
            recurrent_constraint=None,
            dropout=0.0,
            recurrent_dropout=0.0,
            implementation=1,
            **kernel(),
        ),
        {
            "kernel": matrix(inputs, 4 * units),
            "recurrent_kernel": matrix(units, 4 * units),
            "bias": numpy.repeat([0.0, 1.0, 0.0, 0.0], units),
        },
    )


def concatenate(name):
    return Layer("Concatenate", common(name, axis=-1))


def add(name):
    return Layer("Add", common(name))


def sequential(name, *layers):
    write(name, {"class_name": "Sequential", "config": {"name": name, "layers": [layer.json() for layer in layers]}}, layers)


def functional(name, *nodes):
    """Nodes: a layer and the names of those before it. The sources come first, the output last."""
    layers = []
    for layer, *inbound in nodes:
        nodes_in = [[[before, 0, 0, {}] for before in inbound]] if inbound else []
        layers.append(dict(layer.json(), name=layer.name, inbound_nodes=nodes_in))
    sources = [layer.name for layer, *inbound in nodes if not inbound]
    config = {
        "name": name,
        "layers": layers,
        "input_layers": [[each, 0, 0] for each in sources],
        "output_layers": [[nodes[-1][0].name, 0, 0]],
    }
    write(name, {"class_name": "Model", "config": config}, [node[0] for node in nodes])


def write(name, model, layers):
    training = {
        "optimizer_config": {
            "class_name": "SGD",
            "config": {"lr": 0.05, "momentum": 0.0, "decay": 0.0, "nesterov": False},
        },
        "loss": "categorical_crossentropy",
        "metrics": ["accuracy"],
        "sample_weight_mode": None,
        "loss_weights": None,
    }
    with h5py.File(FOLDER / (name + ".h5"), "w", libver="earliest") as file:
        file.attrs["keras_version"] = VERSION.encode()
        file.attrs["backend"] = b"tensorflow"
        file.attrs["model_config"] = json.dumps(model).encode()
        file.attrs["training_config"] = json.dumps(training).encode()
        weights = file.create_group("model_weights")
        weights.attrs["keras_version"] = VERSION.encode()
        weights.attrs["backend"] = b"tensorflow"
        weights.attrs["layer_names"] = [layer.name.encode() for layer in layers]
        for layer in layers:
            group = weights.create_group(layer.name)
            names = [f"{layer.name}/{weight}:0" for weight in layer.weights]
            group.attrs["weight_names"] = [each.encode() for each in names]
            for each, value in zip(names, layer.weights.values()):
                group.create_dataset(each, data=numpy.asarray(value, dtype="float32"))


sequential("dense", dense("dense_1", 6, 8, "tanh").first(6), dense("dense_2", 8, 5, "relu"), dense("dense_3", 5, 3, "softmax"))
sequential(
    "convolution",
    convolution("conv2d_1", 2, 3, 3, "relu").first(8, 8, 2),
    pooling("max_pooling2d_1"),
    flatten("flatten_1"),
    dense("dense_1", 27, 6, "tanh"),
    dense("dense_2", 6, 3, "softmax"),
)
sequential(
    "convolution-normalised",
    convolution("conv2d_1", 2, 3, 3, "linear").first(8, 8, 2),
    normalization("batch_normalization_1", 3),
    pooling("max_pooling2d_1"),
    flatten("flatten_1"),
    dense("dense_1", 27, 6, "tanh"),
    dense("dense_2", 6, 3, "softmax"),
)
sequential(
    "text",
    embedding("embedding_1", 11, 4, 7).first(7),
    lstm("lstm_1", 4, 5, False),
    dense("dense_1", 5, 4, "tanh"),
    dense("dense_2", 4, 3, "softmax"),
)
sequential(
    "masked",
    embedding("embedding_1", 11, 4, 7, True).first(7),
    lstm("lstm_1", 4, 5, True),
    lstm("lstm_2", 5, 3, False),
    dense("dense_1", 3, 4, "tanh"),
    dense("dense_2", 4, 3, "softmax"),
)
functional(
    "branches",
    [source("input_1", 6)],
    [dense("dense_1", 6, 5, "tanh"), "input_1"],
    [dense("dense_2", 6, 5, "relu"), "input_1"],
    [add("add_1"), "dense_1", "dense_2"],
    [concatenate("concatenate_1"), "add_1", "dense_2"],
    [dense("dense_3", 10, 3, "softmax"), "concatenate_1"],
)
functional(
    "normalised",
    [source("input_1", 6)],
    [dense("dense_1", 6, 8, "tanh"), "input_1"],
    [normalization("batch_normalization_1", 8), "dense_1"],
    [dense("dense_2", 8, 3, "softmax"), "batch_normalization_1"],
)
functional(
    "two-inputs",
    [source("input_1", 7, 4)],
    [source("input_2", 6)],
    [lstm("lstm_1", 4, 5, False), "input_1"],
    [dense("dense_1", 6, 4, "tanh"), "input_2"],
    [concatenate("concatenate_1"), "lstm_1", "dense_1"],
    [dropout("dropout_1", 0.0), "concatenate_1"],
    [dense("dense_2", 9, 3, "softmax"), "dropout_1"],
)
