"""What the fields of a recipe are called elsewhere, for hints: spelling alone does not lead from `lr` to its field."""

from __future__ import annotations

from collections.abc import Container

_CALLED = {
    "backbone.attention_dropout": "attention_probs_dropout_prob",
    "backbone.dropout": "hidden_dropout_prob",
    "backbone.max_length": "max_len max_seq_len max_seq_length max_sequence_length model_max_length sequence_length",
    "backbone.name": "checkpoint encoder model model_name model_name_or_path pretrained pretrained_model_name_or_path",
    "backbone.trainable": "freeze freeze_backbone freeze_encoder",
    "data.delimiter": "sep separator",
    "data.label": "label_column label_column_name labels_column target target_column",
    "data.path": "file filename train_file train_path",
    "data.split.test": "test_fraction test_ratio test_share test_size",
    "data.split.validation": "dev_size eval_size val_ratio val_size val_split valid_size validation_size",
    "data.test_path": "test_file",
    "data.text": "text_column text_column_name text_columns",
    "data.validation_path": "dev_file dev_path eval_file val_file val_path validation_file",
    "distribute.devices": "gpus n_gpu num_gpus",
    "evaluate.batch_size": "eval_batch_size per_device_eval_batch_size",
    "head.pooling": "pooling_mode pooling_strategy",
    "output": "output_dir output_folder save_dir",
    "seed": "random_seed random_state",
    "task.labels": "class_names classes num_classes num_labels",
    "train.batch_size": "bs mini_batch_size per_device_train_batch_size train_batch_size",
    "train.beta_1": "adam_beta1 beta1",
    "train.beta_2": "adam_beta2 beta2",
    "train.checkpoint_steps": "save_steps",
    "train.early_stopping.patience": "early_stopping_patience",
    "train.epochs": "max_epochs n_epochs nb_epoch num_epochs num_train_epochs",
    "train.epsilon": "adam_epsilon eps",
    "train.global_clipnorm": "clipnorm grad_clip gradient_clip gradient_clip_val max_grad_norm",
    "train.imbalance": "class_weight class_weights",
    "train.label_smoothing": "label_smoothing_factor",
    "train.learning_rate": "lr rate",
    "train.monitor": "metric_for_best_model",
    "train.precision": "bf16 dtype fp16 mixed_precision",
    "train.restore_best": "load_best_model_at_end restore_best_weights",
    "train.resume": "resume_from_checkpoint",
    "train.schedule": "lr_schedule lr_scheduler lr_scheduler_type scheduler",
    "train.warmup_ratio": "num_warmup_steps warmup warmup_fraction warmup_proportion warmup_steps",
    "train.weight_decay": "decay l2 wd",
    "tune.trials": "max_trials n_trials num_trials",
}
_MEANT = {name: field for field, names in _CALLED.items() for name in names.split()}


def field_called(name: str, known: Container[str]) -> str | None:
    """Return the field that goes by another name elsewhere, or None where none is known to.

    Args:
        name: the last part of a dotted path.
        known: the fields there are, by dotted path.

    Example:
        >>> field_called("lr", ["train.learning_rate"]), field_called("lr", ["learning_rate"])
        ('train.learning_rate', 'learning_rate')
    """
    field = _MEANT.get(name)
    if field is None or field in known:
        return field
    leaf = field.rpartition(".")[2]
    return leaf if leaf in known else None
