"""A training step as a CUDA graph: recorded once, then replayed for the price of one launch."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

Step = Callable[[Tensor, Tensor], Tensor]
WARM_UP_STEPS = 3  # before recording, libraries choose their kernels and reserve their memory


@contextmanager
def unchanged(state: Sequence[Tensor]) -> Iterator[None]:
    """Give the tensors the values back that they had before."""
    kept = [tensor.detach().clone() for tensor in state]
    yield
    with torch.no_grad():
        for tensor, value in zip(state, kept, strict=True):
            tensor.copy_(value)


class RecordedStep:
    """Does what `step` does, for mini-batches of one shape.

    Source: https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs
    """

    def __init__(self, step: Step, state: Sequence[Tensor], images: Tensor, labels: Tensor) -> None:
        """Record `step` on a CUDA device; training does not advance by that.

        Args:
            step: works on its arguments and `state` alone, in place, without waiting for the GPU.
            state: every tensor that `step` changes.
            images: a mini-batch, for its shape.
            labels: its labels.
        """
        self.images, self.labels = images.clone(), labels.clone()
        with unchanged(state):
            side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                for _ in range(WARM_UP_STEPS):
                    step(self.images, self.labels)
            torch.cuda.current_stream().wait_stream(side)
            self.graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(self.graph):
                self.losses = step(self.images, self.labels)

    def __call__(self, images: Tensor, labels: Tensor) -> Tensor:
        """One step on a mini-batch of the recorded shape; returns each model's loss [K]."""
        self.images.copy_(images)
        self.labels.copy_(labels)
        self.graph.replay()
        return self.losses.clone()
