"""Importers: a table of runs that another tool wrote becomes a study.

    files ──> detection ──> a format's module ──> staging (all text, in DuckDB)
          ──> inference, vocabulary ──> mapping (the guess, or the user's map) ──> writing ──> study

A format says what its columns are as far as it knows; everything else is guessed from names and
values, shown, and written to a map that can be edited and passed back.
"""
