"""Measure the training engine, print a table, and write bench.json: python tests/benchmarks."""

import itertools

import accelerator
import curves
import engine
import torch
from measurement import report

benchmarks = [engine.measure(), curves.measure()]
if torch.cuda.is_available():
    benchmarks.append(accelerator.measure(torch.device("cuda")))
report(itertools.chain(*benchmarks))
