"""Answers to questions about hyper-parameters, in words that the runs decide.

Everything is in percentile within the data set, for all runs of the study.
"""
