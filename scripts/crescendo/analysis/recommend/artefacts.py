"""Fitted models as files: one folder beside the warehouse, a version named by the content of its file."""

import io
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from crescendo import warehouse
from crescendo.analysis.recommend import models
from crescendo.errors import CrescendoError
from crescendo.files import write_atomically
from crescendo.privacy import private_files

DIGITS = 12


@dataclass(frozen=True)
class Trained:
    """A fitted model and the keys of its items, ascending. `version` is its name and the first digits of its digest."""

    version: str
    model: models.Model
    items: np.ndarray
    digest: str


def folder() -> Path:
    """Where the files are."""
    file = warehouse.path()
    return file.with_name(f"{file.name}.models")


def packed(model: models.Model, items: np.ndarray) -> bytes:
    """The bytes of a fitted model's file: equal for equal models, as zip entries carry no time of theirs."""
    content = io.BytesIO()
    arrays: dict[str, Any] = {"name": np.array(model.name), "items": items.astype(str), **model.arrays()}
    np.savez(content, **arrays)
    return content.getvalue()


def keep(model: models.Model, items: np.ndarray) -> Trained:
    """Write a model's file, whole or not at all, and say what it is called. Raises CrescendoError if it cannot be."""
    content = packed(model, items)
    digest = sha256(content).hexdigest()
    trained = Trained(f"{model.name}-{digest[:DIGITS]}", model, items.astype(str), digest)
    file = folder() / file_name(trained.version)
    try:
        with private_files():
            file.parent.mkdir(exist_ok=True)
            write_atomically(file, content)
    except OSError as error:
        raise CrescendoError(
            f"cannot write models in {file.parent}, beside the warehouse: {error.strerror}: make that folder one that"
            " you can write to, or copy the warehouse to one and name it in CRESCENDO_DB"
        ) from None
    return trained


def file_name(version: str) -> str:
    """The name of a version's file."""
    return f"{version}.npz"


def load(version: str) -> Trained:
    """The model of a version. Raises CrescendoError if its file is missing or is not what was written."""
    file = folder() / file_name(version)
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise CrescendoError(f"{file} is missing: restore it, or run `crescendo recommend train --promote`") from None
    digest = sha256(content).hexdigest()
    if not version.endswith(digest[:DIGITS]):
        raise CrescendoError(f"{file} was changed since it was written: restore it, or run `crescendo recommend train`")
    with np.load(io.BytesIO(content)) as read:
        arrays = {name: read[name] for name in read.files}
    name, items = str(arrays.pop("name")), arrays.pop("items")
    return Trained(version, models.restore(name, arrays), items, digest)
