"""The private names of Keras that `keras_private` needs, each with its use."""

# Whose name -> name -> what it does for us.
NAMES = {
    "Layer": {
        "_flatten_layers": "gives the layers inside a layer of any kind",
        "_losses": "holds what a layer added to the loss",
        "_loss_ids": "holds what a layer added to the loss",
        "_dtype_policy": "says in which precision a layer computes",
    },
    "Model": {
        "_compile_loss": "holds the loss that `compile` made",
        "_compute_loss": "computes what `fit` minimizes",
        "_compiled_trainable_state": "says which layers were trainable at `compile`",
    },
    "CompileLoss": {
        "_user_loss": "holds the losses that were given",
        "_user_loss_weights": "holds their weights",
        "_flat_losses": "holds the losses that were made of them",
    },
    "Loss": {
        "_dtype": "says in which precision a loss computes",
        "_fn_kwargs": "holds the arguments of its function, such as `from_logits`",
    },
    "Metric": {
        "_fn": "is the function of a metric",
        "_fn_kwargs": "holds its arguments",
        "_direction": "says which values of a metric are better",
    },
    "Tensor": {"_keras_mask": "holds the mask that a layer gave to its output"},
    "Probabilities": {"_keras_logits": "holds what softmax was taken of, which losses use instead"},
    "Variable": {"_dtype": "says in which precision a variable is read"},
    "Optimizer": {
        "_clip_gradients": "has the gradients before clipping",
        "_backend_update_step": "has the gradients that the weights are moved by",
        "_apply_weight_decay": "decays weights, which replicas do each on its own",
        "_use_weight_decay": "says whether a weight decays",
        "_exclude_from_weight_decay": "holds the weights that do not",
        "_exclude_from_weight_decay_pattern": "holds a pattern of their names",
        "_var_key": "tells variables apart",
        "_get_variable_index": "gives the place of a variable among an optimizer's averages",
        "_overwrite_variable_with_gradient": "says whether a variable is overwritten by its gradient",
        "_distribution_strategy": "says where a variable is placed",
        "_iterations": "counts batches, where `iterations` counts updates",
        "_learning_rate": "holds a schedule, where `learning_rate` calls it",
        "_trainable_variables": "holds the variables that an optimizer was built for, and updates",
        "_untrack_variable": "takes the one learning rate out of the state, for one of each replica",
    },
    "compile_utils": {
        "get_loss": "makes the loss that `compile` would",
        "get_metric": 'makes the metric that `compile` would, which picks what "accuracy" means',
    },
    "ArrayDataAdapter": {"_inputs": "holds the arrays of a `fit`, checked, with the weights of classes"},
    "array_slicing": {
        "convert_to_sliceable": "converts arrays as `fit` does",
        "train_validation_split": "holds out samples as `fit` does",
    },
    "seed_generator": {"GLOBAL_SEED_GENERATOR": "names the generator that is drawn from without a seed"},
}
