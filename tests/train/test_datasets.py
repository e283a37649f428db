"""Any .npz of images is a data set, and one that cannot be used says why in one sentence."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from train.datasets import DatasetError, available, load

REAL_IMAGES = Path(__file__).parents[2].parent / "shared" / "datasets"


def write(path: Path, **changes: object) -> None:
    """Write a usable data set of 6 + 4 grey 28x28 images in three classes, with some changes.

    A change to None leaves the array out.
    """
    random = np.random.default_rng(3)
    arrays: dict[str, Any] = {
        "x_train": random.integers(0, 256, (6, 28, 28), dtype=np.uint8),
        "y_train": np.array([0, 1, 2, 0, 1, 2]),
        "x_test": random.integers(0, 256, (4, 28, 28), dtype=np.uint8),
        "y_test": np.array([2, 1, 0, 2]),
    }
    arrays.update(changes)
    np.savez(path, **{key: array for key, array in arrays.items() if array is not None})


def test_a_file_dropped_into_the_folder_is_a_data_set(tmp_path: Path) -> None:
    write(tmp_path / "my_garden_birds.npz")
    birds = load("my_garden_birds", tmp_path)
    assert (birds.name, birds.label, birds.classes) == ("my_garden_birds", "My Garden Birds", 3)
    assert birds.source == "Images of unnamed origin, as given in my_garden_birds.npz."
    assert (birds.x_train.shape, birds.x_train.dtype) == ((6, 32, 32, 3), np.uint8)
    assert (birds.x_test.shape, birds.x_test.dtype) == ((4, 32, 32, 3), np.uint8)
    assert (birds.y_train.tolist(), birds.y_train.dtype) == ([0, 1, 2, 0, 1, 2], np.int64)
    assert (birds.y_test.tolist(), birds.y_test.dtype) == ([2, 1, 0, 2], np.int64)


def test_a_known_name_has_its_own_label_and_does_not_claim_to_be_official(tmp_path: Path) -> None:
    write(tmp_path / "fashion_mnist.npz")
    fashion = load("fashion_mnist", tmp_path)
    assert fashion.label == "Fashion-MNIST"
    assert fashion.source.endswith("Xiao et al. 2017, as given in fashion_mnist.npz.")


def test_a_file_may_name_itself(tmp_path: Path) -> None:
    write(tmp_path / "cifar10.npz", label="CIFAR-10 (JPEG copy)", source="Re-encoded as JPEG.")
    copy = load("cifar10", tmp_path)
    assert (copy.label, copy.source) == ("CIFAR-10 (JPEG copy)", "Re-encoded as JPEG.")


def test_chance_is_the_accuracy_of_the_best_constant_guess(tmp_path: Path) -> None:
    write(tmp_path / "skewed.npz")
    assert load("skewed", tmp_path).chance == 2 / 4
    write(tmp_path / "balanced.npz", y_test=np.array([0, 1, 0, 1]))
    assert load("balanced", tmp_path).chance == 1 / 2


def test_the_checksum_is_that_of_the_images_and_not_of_the_file(tmp_path: Path) -> None:
    write(tmp_path / "original.npz")
    original = load("original", tmp_path)
    np.savez_compressed(
        tmp_path / "converted.npz",
        x_train=original.x_train,
        y_train=original.y_train.astype(np.uint8),
        x_test=original.x_test,
        y_test=original.y_test,
    )
    assert load("converted", tmp_path).checksum == original.checksum
    assert re.fullmatch("[0-9a-f]{64}", original.checksum)
    write(tmp_path / "relabelled.npz", y_train=np.array([1, 0, 2, 0, 1, 2]))
    assert load("relabelled", tmp_path).checksum != original.checksum


def test_the_digits_need_no_file_and_are_the_same_everywhere(tmp_path: Path) -> None:
    digits = load("digits", tmp_path)
    assert (digits.label, digits.classes) == ("Digits", 10)
    assert digits.x_train.shape == (1437, 32, 32, 3)
    assert digits.x_test.shape == (360, 32, 32, 3)
    assert digits.x_train.max() == 255
    assert np.unique(digits.y_test).tolist() == list(range(10))
    # Changes with the split, the scaling or the order, and makes recorded results incomparable.
    assert digits.checksum.startswith("35287667a353")


def test_a_file_of_digits_wins_over_the_bundled_ones(tmp_path: Path) -> None:
    write(tmp_path / "digits.npz")
    assert load("digits", tmp_path).classes == 3


def test_available_lists_the_files_and_the_digits(tmp_path: Path) -> None:
    assert available(tmp_path / "not there") == ["digits"]
    for name in ("svhn.npz", "birds.npz", ".svhn.npz.12.part", "a,b.npz", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "folder.npz").mkdir()
    assert available(tmp_path) == ["birds", "digits", "svhn"]


def test_an_absent_official_data_set_says_what_to_run(tmp_path: Path) -> None:
    folder = tmp_path / "my images"
    with pytest.raises(DatasetError) as caught:
        load("stl10", folder)
    assert str(caught.value) == (
        f"STL-10 is not in {folder}: run `python -m train download stl10 --data-dir '{folder}'`."
    )


@pytest.mark.parametrize("name", ["brids", "../birds", "", "x" * 300])
def test_an_unknown_name_says_what_there_is(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    write(folder / "flowers.npz")
    write(tmp_path / "birds.npz")
    with pytest.raises(DatasetError) as caught:
        load(name, folder)
    assert str(caught.value) == (
        f"There is no data set {name!r} in {folder}: put its images there as {name}.npz "
        "(arrays x_train, y_train, x_test, y_test), or choose one of digits, flowers."
    )


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"x_test": None, "y_test": None}, "has no array x_test or y_test: write the file again"),
        ({"x_train": np.zeros((6, 8, 8))}, "has x_train of type float64, not uint8: store bright"),
        ({"x_test": np.zeros((4, 3, 8, 8), np.uint8)}, "has x_test of shape [4, 3, 8, 8], which"),
        ({"x_test": np.zeros((0, 8, 8), np.uint8)}, "has an empty x_test of shape [0, 8, 8]: st"),
        ({"y_test": np.zeros(4)}, "has y_test of type float64, not integer: store class numbers"),
        ({"y_train": np.zeros(5, int)}, "has y_train of shape [5] for 6 images: store exactly on"),
        ({"y_test": np.zeros((4, 1), int)}, "has y_test of shape [4, 1] for 4 images: store exa"),
        ({"y_train": np.zeros(6, int)}, "has only the label 0 in y_train, but needs two classes"),
        ({"y_train": np.array([1, 2, 3] * 2)}, "has 3 classes labelled 1 to 3 in y_train: numbe"),
        ({"y_train": np.array([-1, 0, 1] * 2)}, "has 3 classes labelled -1 to 1 in y_train: num"),
        ({"y_test": np.array([0, 1, 2, 3])}, "has the label 3 in y_test, but 0 to 2 in y_train:"),
        ({"y_test": np.array([0, 1, 2, -1])}, "has the label -1 in y_test, but 0 to 2 in y_trai"),
        ({"x_train": np.array([None] * 6)}, "cannot be read (Object arrays cannot be loaded whe"),
        ({"label": np.array(["a", "b"])}, 'has a label that is not one text: store label="some '),
        ({"source": " "}, 'has a source that is not one text: store source="some text".'),
    ],
)
def test_an_unusable_file_says_what_is_wrong_with_it(
    tmp_path: Path, changes: dict[str, Any], problem: str
) -> None:
    path = tmp_path / "birds.npz"
    write(path, **changes)
    with pytest.raises(DatasetError) as caught:
        load("birds", tmp_path)
    assert str(caught.value).startswith(f"{path} {problem}")
    assert str(caught.value).endswith(".")


def damaged_files(folder: Path) -> dict[str, bytes]:
    """Return the bytes of files that look like data sets from outside."""
    whole, array = folder / "whole.npz", folder / "array.npy"
    write(whole)
    np.save(array, np.zeros(3))
    content = whole.read_bytes()
    middle = len(content) // 2
    return {
        "nothing": b"",
        "a text": b"not a zip archive",
        "one array": array.read_bytes(),
        "cut off": content[:middle],
        "a flipped byte": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
    }


@pytest.mark.parametrize("kind", ["nothing", "a text", "one array", "cut off", "a flipped byte"])
def test_a_damaged_file_says_so(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "birds.npz"
    path.write_bytes(damaged_files(tmp_path)[kind])
    with pytest.raises(DatasetError, match=r"cannot be read \(.+\): replace it, or delete it"):
        load("birds", tmp_path)


def test_digits_without_scikit_learn_say_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(DatasetError, match=r"not installed: run `pip install 'hyperatlas\[train"):
        load("digits", tmp_path)


def test_loading_a_file_needs_neither_torch_nor_scikit_learn(tmp_path: Path) -> None:
    write(tmp_path / "birds.npz")
    program = (
        "import sys, pathlib, train.datasets\n"
        "train.datasets.load('birds', pathlib.Path(sys.argv[1]))\n"
        "print(sorted({'torch', 'torchvision', 'sklearn', 'PIL'} & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    root = Path(__file__).parents[2]
    finished = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert finished.stdout == "[]\n"


@pytest.mark.skipif(not REAL_IMAGES.is_dir(), reason="the real images are not beside this checkout")
@pytest.mark.parametrize(
    ("name", "label", "classes", "sizes"),
    [("mnist", "MNIST", 10, (60_000, 10_000)), ("gtsrb", "GTSRB (subset)", 43, (10_680, 5_280))],
)
def test_the_real_images_load(name: str, label: str, classes: int, sizes: tuple[int, int]) -> None:
    dataset = load(name, REAL_IMAGES)
    assert (dataset.label, dataset.classes) == (label, classes)
    assert (len(dataset.x_train), len(dataset.x_test)) == sizes
    assert dataset.x_train.shape[1:] == dataset.x_test.shape[1:] == (32, 32, 3)
    assert 1 / classes < dataset.chance < 0.12  # neither test split is quite balanced
