"""The image data sets of a sweep: what a data set is, and how one is loaded.

A data set is one file, DATA_DIR/NAME.npz, and any image data set joins by dropping such a file in:

    x_train, x_test   uint8 images [N, H, W], [N, H, W, 1] or [N, H, W, 3] of any size
    y_train, y_test   integer labels [N], 0 .. classes-1, every class present in y_train
    label, source     optional 0-d strings: the name to show, and one sentence that says where the
                      images come from. They win over what is known of NAME, so that, say, a
                      re-encoded copy of CIFAR-10 can name itself

`digits` comes with scikit-learn and needs no file. `train.downloads` writes the files of the data
sets that have a download.
"""

from __future__ import annotations

import hashlib
import re
import shlex
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from train.images import to_network_shape

if TYPE_CHECKING:
    from pathlib import Path

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]


class DatasetError(ValueError):
    """A data set is missing, damaged or unusable; the message says where and what to do."""


class Known(NamedTuple):
    """How a data set of a well-known name is shown, and where its images come from."""

    label: str
    source: str


KNOWN = {
    "mnist": Known("MNIST", "Handwritten digits, LeCun et al. 1998"),
    "fashion_mnist": Known("Fashion-MNIST", "Pictures of clothing, Xiao et al. 2017"),
    "cifar10": Known("CIFAR-10", "Small colour photographs, Krizhevsky 2009"),
    "svhn": Known("SVHN", "Street view house numbers, Netzer et al. 2011"),
    "stl10": Known("STL-10", "Labelled colour photographs, Coates et al. 2011"),
    "emnist_letters": Known("EMNIST Letters", "Handwritten letters, Cohen et al. 2017"),
    "gtsrb": Known("GTSRB (subset)", "Some German traffic signs, Stallkamp et al. 2012"),
    "digits": Known("Digits", "Handwritten digits, Alpaydin and Kaynak 1998"),
}
DOWNLOADABLE = ("mnist", "fashion_mnist", "cifar10", "svhn", "stl10", "emnist_letters", "gtsrb")

_TEXTS = ("label", "source")
_ARRAYS = ("x_train", "y_train", "x_test", "y_test")
_DIGITS_TEST_SIZE = 360
# A name becomes a file's name and an entry of a comma-separated list.
_NAME = re.compile(r"\w[\w .+-]{0,99}")
# All that numpy and zipfile raise on a file that is cut off, damaged, encrypted or pickled.
_UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True, eq=False)
class Dataset:
    """The images of one data set, in the shape every network of a sweep takes.

    Attributes:
        name: The file's stem, such as "mnist".
        label: The name to show.
        classes: Number of classes, at least 2.
        x_train: Training images, uint8 [N, 32, 32, 3].
        y_train: Training labels, int64 [N], 0 .. classes-1.
        x_test: Test images, uint8 [M, 32, 32, 3].
        y_test: Test labels, int64 [M], 0 .. classes-1.
        source: One sentence that says where the images come from.
        checksum: SHA-256 of the four arrays in hexadecimal. It depends on neither the file's
            compression nor whether the images were scaled before or while loading.
    """

    name: str
    label: str
    classes: int
    x_train: Images
    y_train: Labels
    x_test: Images
    y_test: Labels
    source: str
    checksum: str

    @property
    def chance(self) -> float:
        """Share of the most frequent test class, in (0, 1]: the accuracy of a constant guess.

        It is 1 / classes when the test classes are balanced. When they are not, a network that
        ignores the image and always names the most frequent class is right more often than that,
        and only accuracy above this level shows that something was learned.
        """
        return float(np.bincount(self.y_test).max() / len(self.y_test))


def load(name: str, data_dir: Path) -> Dataset:
    """Load DATA_DIR/NAME.npz, or the digits that come with scikit-learn.

    Raises:
        DatasetError: There is no such data set, or its file cannot be used.
    """
    path = data_dir / f"{name}.npz"
    if _NAME.fullmatch(name) and path.is_file():
        return _from_file(name, path)
    if name == "digits":
        return _digits()
    raise DatasetError(_how_to_get(name, data_dir))


def available(data_dir: Path) -> list[str]:
    """Return the sorted names that `load` takes without a download."""
    names = {path.stem for path in data_dir.glob("*.npz") if path.is_file()}
    return sorted({name for name in names if _NAME.fullmatch(name)} | {"digits"})


def _how_to_get(name: str, data_dir: Path) -> str:
    """Say what to do about a data set that is not there."""
    if name in DOWNLOADABLE:
        command = f"python -m train download {name} --data-dir {shlex.quote(str(data_dir))}"
        return f"{KNOWN[name].label} is not in {data_dir}: run `{command}`."
    return (
        f"There is no data set {name!r} in {data_dir}: put its images there as {name}.npz "
        f"(arrays {', '.join(_ARRAYS)}), or choose one of {', '.join(available(data_dir))}."
    )


def _from_file(name: str, path: Path) -> Dataset:
    """Read, check and convert one .npz file."""
    arrays = _read(path)
    x_train = _checked_images("x_train", arrays, path)
    x_test = _checked_images("x_test", arrays, path)
    y_train, y_test = _checked_labels(arrays, path)
    unnamed = Known(name.replace("_", " ").title(), "Images of unnamed origin")
    known = KNOWN.get(name, unnamed)
    # Unless a file names its source itself, nothing says that it holds the official images.
    given = f"{known.source}, as given in {path.name}."
    return _build(
        name=name,
        label=_text("label", arrays, path) or known.label,
        images=(x_train, x_test),
        labels=(y_train, y_test),
        source=_text("source", arrays, path) or given,
    )


def _build(
    *,
    name: str,
    label: str,
    images: tuple[Images, Images],
    labels: tuple[Labels, Labels],
    source: str,
) -> Dataset:
    """Convert checked (train, test) images and labels, and take their checksum."""
    x_train, x_test = (to_network_shape(split) for split in images)
    y_train, y_test = labels
    return Dataset(
        name=name,
        label=label,
        classes=int(y_train.max()) + 1,
        x_train=x_train,
        y_train=y_train,
        x_test=x_test,
        y_test=y_test,
        source=source,
        checksum=_checksum(x_train, y_train, x_test, y_test),
    )


def _checksum(*arrays: Images | Labels) -> str:
    """Return the SHA-256 of the arrays' shapes and bytes, in hexadecimal."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype} {array.shape}\n".encode())
        digest.update(array.astype(array.dtype.newbyteorder("<"), copy=False).data)
    return digest.hexdigest()


def _read(path: Path) -> dict[str, NDArray[Any]]:
    """Read the arrays of an .npz file; entries of other names are left out."""
    try:
        # Opened here, because NumPy leaves a damaged file open. Nothing in it may be pickled:
        # unpickling runs code from the file.
        with path.open("rb") as file:
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise zipfile.BadZipFile("it is not an .npz archive")
            arrays = {key: archive[key] for key in (*_ARRAYS, *_TEXTS) if key in archive}
    except _UNREADABLE as error:
        problem = f"cannot be read ({error})"
        raise _unusable(path, problem, "replace it, or delete it and download again") from error
    missing = [key for key in _ARRAYS if key not in arrays]
    if missing:
        remedy = f"write the file again with numpy.savez and {', '.join(_ARRAYS)}"
        raise _unusable(path, f"has no array {' or '.join(missing)}", remedy)
    return arrays


def _unusable(path: Path, problem: str, remedy: str) -> DatasetError:
    return DatasetError(f"{path} {problem}: {remedy}.")


def _checked_images(key: str, arrays: dict[str, NDArray[Any]], path: Path) -> Images:
    """Return the images of one split, of any size still."""
    images = arrays[key]
    shape = list(images.shape)
    if images.dtype != np.uint8:
        remedy = "store brightness as whole numbers from 0 to 255 with dtype uint8"
        raise _unusable(path, f"has {key} of type {images.dtype}, not uint8", remedy)
    if not (images.ndim == 3 or (images.ndim == 4 and shape[-1] in (1, 3))):
        remedy = "store [N, H, W], [N, H, W, 1] or [N, H, W, 3], channels last"
        raise _unusable(path, f"has {key} of shape {shape}, which is not images", remedy)
    if images.size == 0:
        raise _unusable(path, f"has an empty {key} of shape {shape}", "store at least one image")
    return images


def _checked_labels(arrays: dict[str, NDArray[Any]], path: Path) -> tuple[Labels, Labels]:
    """Return (y_train, y_test), one label of a known class for each image."""
    for split in ("train", "test"):
        labels, count = arrays[f"y_{split}"], len(arrays[f"x_{split}"])
        if not np.issubdtype(labels.dtype, np.integer):
            problem = f"has y_{split} of type {labels.dtype}, not integer"
            raise _unusable(path, problem, "store class numbers from 0 with dtype int64")
        if labels.shape != (count,):
            problem = f"has y_{split} of shape {list(labels.shape)} for {count} images"
            raise _unusable(path, problem, "store exactly one label for each image")
    _check_classes(np.unique(arrays["y_train"]), np.unique(arrays["y_test"]), path)
    return arrays["y_train"].astype(np.int64), arrays["y_test"].astype(np.int64)


def _check_classes(trained: NDArray[Any], tested: NDArray[Any], path: Path) -> None:
    """Check that the distinct labels are 0 .. classes-1, and that no test class is untrained."""
    remedy = "number the classes 0, 1, 2, ... and give each of them training images"
    if len(trained) < 2:
        problem = f"has only the label {trained[0]} in y_train, but needs two classes or more"
        raise _unusable(path, problem, remedy)
    if not np.array_equal(trained, np.arange(len(trained))):
        problem = f"has {len(trained)} classes labelled {trained[0]} to {trained[-1]} in y_train"
        raise _unusable(path, problem, remedy)
    if tested[0] < 0 or tested[-1] >= len(trained):
        stray = tested[0] if tested[0] < 0 else tested[-1]
        problem = f"has the label {stray} in y_test, but 0 to {len(trained) - 1} in y_train"
        raise _unusable(path, problem, remedy)


def _text(key: str, arrays: dict[str, NDArray[Any]], path: Path) -> str:
    """Return the optional text of that name, "" where the file has none."""
    if key not in arrays:
        return ""
    text = arrays[key]
    if text.ndim != 0 or text.dtype.kind != "U" or not str(text).strip():
        raise _unusable(path, f"has a {key} that is not one text", f'store {key}="some text"')
    return str(text).strip()


def _digits() -> Dataset:
    """Return scikit-learn's 1,797 digits of 8x8 pixels: 1,437 to train on and 360 to test on."""
    try:
        from sklearn.datasets import load_digits  # noqa: PLC0415 - only this data set needs it
    except ModuleNotFoundError as error:
        raise DatasetError(
            "The digits come with scikit-learn, which is not installed: "
            "run `pip install 'hyperatlas[train]'`."
        ) from error
    bunch = load_digits()
    # 17 levels of grey, 0 to 16, become 0 to 255.
    images = np.rint(bunch.images * (255 / 16)).astype(np.uint8)
    labels = bunch.target.astype(np.int64)
    # The images come writer by writer: shuffled, so that both splits hold all of them.
    order = np.random.default_rng(0).permutation(len(images))
    test, train = order[:_DIGITS_TEST_SIZE], order[_DIGITS_TEST_SIZE:]
    known = KNOWN["digits"]
    return _build(
        name="digits",
        label=known.label,
        images=(images[train], images[test]),
        labels=(labels[train], labels[test]),
        source=f"{known.source}, the 8x8 images bundled with scikit-learn, shuffled and split.",
    )
