"""Trains many small CNNs with random hyper-parameters and records every result in a study."""
