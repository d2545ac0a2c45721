"""Counts in, statistics out: pure functions of pandas frames, whole columns at a time.

Nothing here opens a file, knows a place or hides a number. Formulae are those of
book/methods.md, under the same names.
"""
