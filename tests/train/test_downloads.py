"""The official files of the data sets, in small, become .npz files that load.

Every writer below puts one bright patch into each image, towards the top and the right, so that
an image that is turned, mirrored or has its channels mixed up is found out.
"""

import pickle
import resource
import struct
import tarfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest
import scipy.io
from PIL import Image
from torchvision import datasets as official

from train.datasets import Dataset, DatasetError, load
from train.downloads import download

LABELS = {"train": [3, 1, 4, 0, 5, 9, 2, 6, 8, 7, 0, 5, 1, 1, 3], "test": [9, 0, 4]}
PATCH = (slice(3, 9), slice(18, 27))  # rows, columns of a 32x32 image


def patched(labels: list[int], scale: int = 1) -> np.ndarray:
    """Return black images [N, 32 scale, 32 scale, 3], their patch's blue telling the label."""
    images = np.zeros((len(labels), 32, 32, 3), np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[PATCH] = (255, 128, 20 * label)
    return images.repeat(scale, axis=1).repeat(scale, axis=2)


def assert_upright(images: np.ndarray, labels: np.ndarray) -> None:
    """Check the patch's inside and what lies around it; a scaled patch's edge is soft."""
    rows, columns = PATCH
    inside = images[:, rows.start + 1 : rows.stop - 1, columns.start + 1 : columns.stop - 1]
    for pixels, label in zip(inside.reshape(len(labels), -1, 3), labels, strict=True):
        assert np.unique(pixels, axis=0).tolist() == [[255, 128, 20 * label]]
    around = images.copy()
    around[:, rows.start - 1 : rows.stop + 1, columns.start - 1 : columns.stop + 1] = 0
    assert not around.any()


def write_svhn(folder: Path) -> None:
    """Write MATLAB files: X [32, 32, 3, N], y [N, 1] with 10 for the digit 0."""
    folder.mkdir(parents=True)
    for split, labels in LABELS.items():
        values = np.array([[label or 10] for label in labels], np.uint8)
        images = patched(labels).transpose(1, 2, 3, 0)
        scipy.io.savemat(folder / f"{split}_32x32.mat", {"X": images, "y": values})


def write_stl10(folder: Path) -> None:
    """Write binaries: three planes an image, each column by column; labels from 1."""
    binaries = folder / "stl10_binary"
    binaries.mkdir(parents=True)
    for split, labels in LABELS.items():
        images = patched(labels, scale=3).transpose(0, 3, 2, 1)
        (binaries / f"{split}_X.bin").write_bytes(images.tobytes())
        (binaries / f"{split}_y.bin").write_bytes(bytes(label + 1 for label in labels))


def write_cifar10(folder: Path) -> None:
    """Write pickled batches: rows of three planes, each row by row."""
    batches = folder / "cifar-10-batches-py"
    batches.mkdir(parents=True)
    train = LABELS["train"]
    parts = {f"data_batch_{part + 1}": train[3 * part : 3 * part + 3] for part in range(5)}
    for name, labels in {**parts, "test_batch": LABELS["test"]}.items():
        rows = patched(labels).transpose(0, 3, 1, 2).reshape(len(labels), -1)
        batch = {"data": rows, "labels": labels}
        (batches / name).write_bytes(pickle.dumps(batch, protocol=2))
    names = {"label_names": [str(label) for label in range(10)]}
    (batches / "batches.meta").write_bytes(pickle.dumps(names, protocol=2))


def write_gtsrb(folder: Path) -> None:
    """Write pictures of different sizes, a folder a class, and a list of the test classes."""
    for split, labels in LABELS.items():
        lines = ["Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"]
        for number, label in enumerate(labels):
            (picture,) = patched([label], scale=1 + number % 3)
            name = f"{number:05}.ppm"
            train = Path("Training") / f"{label:05}"
            place = folder / "gtsrb/GTSRB" / (train if split == "train" else "Final_Test/Images")
            place.mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture).save(place / name)
            lines.append(f"{name};{len(picture)};{len(picture)};0;0;9;9;{label}")
        if split == "test":
            (folder / "gtsrb/GT-final_test.csv").write_text("\n".join(lines) + "\n")


def write_emnist_letters(folder: Path) -> None:
    """Write idx files: grey images of 28x28, column by column; labels from 1."""
    raw = folder / "EMNIST" / "raw"
    raw.mkdir(parents=True)
    for split, labels in LABELS.items():
        images = patched(labels)[:, 2:30, 2:30, 0].swapaxes(1, 2)
        header = struct.pack(">4i", 0x803, *images.shape)
        prefix = f"emnist-letters-{split}"
        (raw / f"{prefix}-images-idx3-ubyte").write_bytes(header + images.tobytes())
        header = struct.pack(">2i", 0x801, len(labels))
        values = bytes(label + 1 for label in labels)
        (raw / f"{prefix}-labels-idx1-ubyte").write_bytes(header + values)


def write_mnist(folder: Path, reader: str = "MNIST") -> None:
    """Write idx files: a big-endian header of type and sizes, then grey images of 28x28."""
    raw = folder / reader / "raw"
    raw.mkdir(parents=True)
    for split, labels in LABELS.items():
        prefix = "t10k" if split == "test" else split
        images = patched(labels)[:, 2:30, 2:30, 0]
        header = struct.pack(">4i", 0x803, *images.shape)
        (raw / f"{prefix}-images-idx3-ubyte").write_bytes(header + images.tobytes())
        header = struct.pack(">2i", 0x801, len(labels))
        (raw / f"{prefix}-labels-idx1-ubyte").write_bytes(header + bytes(labels))


def write_fashion_mnist(folder: Path) -> None:
    write_mnist(folder, "FashionMNIST")


@pytest.fixture
def any_checksum(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let torchvision take small files for the official ones: being there is enough."""
    for module in (official.svhn, official.stl10, official.cifar, official.utils):
        monkeypatch.setattr(module, "check_integrity", lambda path, _=None: Path(path).is_file())


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise URLError("no route to host")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)


def downloaded(name: str, data_dir: Path) -> Dataset:
    assert download(name, data_dir, lambda _: None) == data_dir / f"{name}.npz"
    return load(name, data_dir)


@pytest.mark.usefixtures("any_checksum")
@pytest.mark.parametrize(
    ("name", "write", "label"),
    [
        ("svhn", write_svhn, "SVHN"),
        ("stl10", write_stl10, "STL-10"),
        ("cifar10", write_cifar10, "CIFAR-10"),
    ],
)
def test_colour_images_in_place_need_no_network(
    tmp_path: Path, name: str, write: Callable[[Path], None], label: str
) -> None:
    write(tmp_path / "raw" / name)
    dataset = downloaded(name, tmp_path)
    assert (dataset.label, dataset.classes) == (label, 10)
    assert dataset.source.endswith(", the official files.")
    assert dataset.x_train.shape == (15, 32, 32, 3)
    assert dataset.x_test.shape == (3, 32, 32, 3)
    assert_upright(dataset.x_train, dataset.y_train)
    assert_upright(dataset.x_test, dataset.y_test)
    assert dataset.y_train.tolist() == LABELS["train"]
    assert dataset.y_test.tolist() == LABELS["test"]


def test_pictures_of_different_sizes_become_one_size(tmp_path: Path) -> None:
    write_gtsrb(tmp_path / "raw" / "gtsrb")
    dataset = downloaded("gtsrb", tmp_path)
    assert (dataset.label, dataset.x_train.shape) == ("GTSRB", (15, 32, 32, 3))
    assert_upright(dataset.x_train, dataset.y_train)
    assert_upright(dataset.x_test, dataset.y_test)
    assert sorted(dataset.y_train.tolist()) == sorted(LABELS["train"])
    assert dataset.y_test.tolist() == LABELS["test"]


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("mnist", write_mnist),
        ("fashion_mnist", write_fashion_mnist),
        ("emnist_letters", write_emnist_letters),
    ],
)
def test_grey_images_are_enlarged_and_repeated(
    tmp_path: Path, name: str, write: Callable[[Path], None]
) -> None:
    write(tmp_path / "raw" / name)
    dataset = downloaded(name, tmp_path)
    assert dataset.x_train.shape == (15, 32, 32, 3)
    assert dataset.y_train.tolist() == LABELS["train"]
    assert dataset.y_test.tolist() == LABELS["test"]
    red, green, blue = np.moveaxis(dataset.x_test, -1, 0)
    np.testing.assert_array_equal(red, green)
    np.testing.assert_array_equal(red, blue)
    # Rows 1 to 6 and columns 16 to 24 of 28 lie at 8/7 of that among 32.
    assert np.all(red[:, 2:7, 19:28] == 255)
    assert not red[:, 10:].any()
    assert not red[:, :, :17].any()


@pytest.mark.usefixtures("any_checksum")
def test_an_archive_put_in_place_is_unpacked_without_a_network(tmp_path: Path) -> None:
    write_stl10(tmp_path / "elsewhere")
    raw = tmp_path / "raw" / "stl10"
    raw.mkdir(parents=True)
    with tarfile.open(raw / "stl10_binary.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "elsewhere" / "stl10_binary", "stl10_binary")
    dataset = downloaded("stl10", tmp_path)
    assert_upright(dataset.x_test, dataset.y_test)


@pytest.mark.usefixtures("any_checksum")
def test_a_download_reports_what_it_does_and_leaves_a_finished_file_alone(tmp_path: Path) -> None:
    write_svhn(tmp_path / "raw" / "svhn")
    lines: list[str] = []
    target = download("svhn", tmp_path, lines.append)
    assert lines == [
        f"SVHN: fetching the official files into {tmp_path / 'raw' / 'svhn'}",
        "SVHN: converting 18 images",
        f"{target} is written; {tmp_path / 'raw' / 'svhn'} is no longer needed.",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw", "svhn.npz"]
    written = target.stat()
    download("svhn", tmp_path, lines.append)
    assert lines[3:] == [f"{target} is already there; delete it first to download it again."]
    assert target.stat() == written


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("mnist", "MNIST"),
        ("fashion_mnist", "Fashion-MNIST"),
        ("cifar10", "CIFAR-10"),
        ("svhn", "SVHN"),
        ("stl10", "STL-10"),
        ("emnist_letters", "EMNIST Letters"),
        ("gtsrb", "GTSRB"),
    ],
)
def test_without_a_network_one_sentence_says_what_to_do(
    tmp_path: Path, name: str, label: str
) -> None:
    with pytest.raises(DatasetError) as caught:
        download(name, tmp_path, lambda _: None)
    message = str(caught.value)
    assert message.startswith(f"{label} could not be fetched (")
    assert "no route to host" in message
    assert message.endswith(f"or put the images in place as {tmp_path / name}.npz.")
    assert "\n" not in message


def test_a_damaged_official_file_is_named_by_its_folder(tmp_path: Path) -> None:
    raw = tmp_path / "raw" / "mnist"
    write_mnist(raw)
    (raw / "MNIST" / "raw" / "t10k-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03")
    with pytest.raises(DatasetError, match="MNIST could not be fetched") as caught:
        download("mnist", tmp_path, lambda _: None)
    assert f"{raw} holds no damaged file" in str(caught.value)


def test_a_name_without_a_download_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"^'birds' has no download, only mnist, .* birds.npz.$"):
        download("birds", tmp_path, lambda _: None)


def test_without_torchvision_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "torchvision", None)
    with pytest.raises(DatasetError, match=r"needs torchvision, .* 'hyperatlas\[train\]'`\.$"):
        download("mnist", tmp_path, lambda _: None)


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes, as on a disk that is nearly full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_reported_and_leaves_no_half_file(tmp_path: Path) -> None:
    write_mnist(tmp_path / "raw" / "mnist")
    with room_for(10_000), pytest.raises(DatasetError, match=r"mnist.npz could not be written \("):
        download("mnist", tmp_path, lambda _: None)
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]
