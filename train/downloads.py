"""Fetch the official files of a data set through torchvision, and convert them once.

torchvision downloads, checks MD5 sums and reads the official formats. What it leaves to be done
here: one layout (height, width, channel) and one size for all images. The official files stay in
DATA_DIR/raw/NAME, so that a failed conversion needs no second download; once DATA_DIR/NAME.npz is
written, DATA_DIR/raw may be deleted. Files put there by hand need no network:

    raw/mnist/MNIST/raw/                  the four .gz files
    raw/fashion_mnist/FashionMNIST/raw/   the four .gz files
    raw/cifar10/                          cifar-10-python.tar.gz
    raw/svhn/                             train_32x32.mat, test_32x32.mat
    raw/stl10/                            stl10_binary.tar.gz
    raw/emnist_letters/EMNIST/raw/        gzip.zip
    raw/gtsrb/gtsrb/                      the training and test archives, unpacked (GTSRB/…)
"""

from __future__ import annotations

import http.client
import os
import pickle
import tarfile
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from train.datasets import DOWNLOADABLE, KNOWN, DatasetError, Images, Known, Labels
from train.images import to_network_shape

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

# All that torchvision raises when a download is refused or cut off, or a file is damaged.
_FAILURES = (
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    KeyError,
    AssertionError,
    http.client.HTTPException,
    tarfile.TarError,
    zlib.error,
    pickle.UnpicklingError,
)


# A gtsrb.npz that does not name itself is taken for a subset; the official files are all of it.
_OFFICIAL = {**KNOWN, "gtsrb": Known("GTSRB", "German traffic signs, Stallkamp et al. 2012")}


class _Split(NamedTuple):
    """Images uint8 [N, H, W] or [N, H, W, 3] of the official size, labels int64 [N] from 0."""

    images: Images
    labels: Labels


def download(name: str, data_dir: Path, report: Callable[[str], None]) -> Path:
    """Write DATA_DIR/NAME.npz from the official files, and return its path.

    A file that is already there is left alone. Official files found in DATA_DIR/raw/NAME are used
    without a network; torchvision's own progress bar goes to stderr while others are fetched.

    Args:
        name: One of `DOWNLOADABLE`.
        data_dir: Folder of the .npz files; made if it is not there.
        report: Called with one line at a time about what is being done.

    Raises:
        DatasetError: The data set has no download, its files could not be had, or there is no
            room for them.
    """
    if name not in DOWNLOADABLE:
        raise DatasetError(
            f"{name!r} has no download, only {', '.join(DOWNLOADABLE)} have: "
            f"put its images into {data_dir} as {name}.npz."
        )
    target = data_dir / f"{name}.npz"
    if target.exists():
        report(f"{target} is already there; delete it first to download it again.")
        return target
    raw_dir = data_dir / "raw" / name
    report(f"{_OFFICIAL[name].label}: fetching the official files into {raw_dir}")
    train, test = _official_splits(name, raw_dir, target)
    report(f"{_OFFICIAL[name].label}: converting {len(train.labels) + len(test.labels):,} images")
    _write(target, train, test, _OFFICIAL[name])
    report(f"{target} is written; {raw_dir} is no longer needed.")
    return target


def _official_splits(name: str, raw_dir: Path, target: Path) -> tuple[_Split, _Split]:
    """Return the (train, test) splits, with every failure in one sentence."""
    try:
        from torchvision import datasets as official  # noqa: PLC0415 - only a download needs it

        raw_dir.mkdir(parents=True, exist_ok=True)
        return _READERS[name](official, raw_dir)
    except ModuleNotFoundError as error:
        raise DatasetError(
            f"Downloading needs {error.name}, which is not installed: "
            "run `pip install 'hyperatlas[train]'`."
        ) from error
    except _FAILURES as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise DatasetError(
            f"{_OFFICIAL[name].label} could not be fetched ({reason}): check the network and that "
            f"{raw_dir} holds no damaged file, or put the images in place as {target}."
        ) from error


def _read_mnist(official: ModuleType, raw_dir: Path) -> tuple[_Split, _Split]:
    return _grey_splits(official.MNIST, raw_dir)


def _read_fashion_mnist(official: ModuleType, raw_dir: Path) -> tuple[_Split, _Split]:
    return _grey_splits(official.FashionMNIST, raw_dir)


def _grey_splits(reader: Callable[..., Any], raw_dir: Path) -> tuple[_Split, _Split]:
    """Read MNIST or Fashion-MNIST, which torchvision gives as tensors [N, 28, 28] and [N]."""
    opened = (reader(raw_dir, train=is_train, download=True) for is_train in (True, False))
    train, test = (_Split(part.data.numpy(), part.targets.numpy()) for part in opened)
    return train, test


def _read_cifar10(official: ModuleType, raw_dir: Path) -> tuple[_Split, _Split]:
    """Read CIFAR-10, which torchvision gives as an array [N, 32, 32, 3] and a list."""
    opened = (official.CIFAR10(raw_dir, train=train, download=True) for train in (True, False))
    train, test = (_Split(part.data, np.array(part.targets, np.int64)) for part in opened)
    return train, test


def _read_svhn(official: ModuleType, raw_dir: Path) -> tuple[_Split, _Split]:
    """Read SVHN, whose label 10 torchvision has made 0 already, as images [N, 3, 32, 32]."""
    opened = (official.SVHN(raw_dir, split=split, download=True) for split in ("train", "test"))
    train, test = (_Split(np.moveaxis(part.data, 1, -1), part.labels) for part in opened)
    return train, test


def _read_stl10(official: ModuleType, raw_dir: Path) -> tuple[_Split, _Split]:
    """Read STL-10, which torchvision has made upright and labelled from 0, as [N, 3, 96, 96]."""
    # A reader that neither asks for the 2.7 GB of unlabelled images nor checks them.
    labelled_only = {"train_list": official.STL10.train_list[:2]}
    reader = type("LabelledSTL10", (official.STL10,), labelled_only)
    opened = (reader(raw_dir, split=split, download=True) for split in ("train", "test"))
    train, test = (
        _Split(np.moveaxis(part.data, 1, -1), part.labels.astype(np.int64)) for part in opened
    )
    return train, test


def _read_emnist_letters(official: ModuleType, raw_dir: Path) -> tuple[_Split, _Split]:
    """Read EMNIST Letters: images lie on their sides [N, 28, 28], labels count from 1."""
    opened = (
        official.EMNIST(raw_dir, split="letters", train=is_train, download=True)
        for is_train in (True, False)
    )
    train, test = (
        _Split(part.data.numpy().swapaxes(1, 2), part.targets.numpy() - 1) for part in opened
    )
    return train, test


def _read_gtsrb(official: ModuleType, raw_dir: Path) -> tuple[_Split, _Split]:
    """Read GTSRB, whose images differ in size: each is scaled by itself."""
    opened = [official.GTSRB(raw_dir, split=split, download=True) for split in ("train", "test")]
    train, test = (
        _Split(
            np.concatenate([to_network_shape(np.asarray(image)[np.newaxis]) for image, _ in part]),
            np.array([label for _, label in part], np.int64),
        )
        for part in opened
    )
    return train, test


_READERS: dict[str, Callable[[ModuleType, Path], tuple[_Split, _Split]]] = {
    "mnist": _read_mnist,
    "fashion_mnist": _read_fashion_mnist,
    "cifar10": _read_cifar10,
    "svhn": _read_svhn,
    "stl10": _read_stl10,
    "emnist_letters": _read_emnist_letters,
    "gtsrb": _read_gtsrb,
}


def _write(target: Path, train: _Split, test: _Split, known: Known) -> None:
    """Write the splits at the network's size beside the target, then rename.

    Not compressed: a file of 200 MB loads in a third of a second, and one compressed to a tenth
    would take several times as long, at the start of every sweep.
    """
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            np.savez(
                file,
                x_train=to_network_shape(train.images),
                y_train=train.labels,
                x_test=to_network_shape(test.images),
                y_test=test.labels,
                label=np.array(known.label),
                source=np.array(f"{known.source}, the official files."),
            )
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError as error:
        raise DatasetError(
            f"{target} could not be written ({error.strerror}): "
            "free some space there, or choose another folder."
        ) from error
    finally:
        beside.unlink(missing_ok=True)
