"""Turns studies into a static site of linked, interactive plots."""
