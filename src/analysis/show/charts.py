"""The charts of the bulletin. Each takes a protected table and returns a Chart."""

from analysis.show.intervals import intervals
from analysis.show.trends import by_age, delays, gradient, lines, months

__all__ = ["by_age", "delays", "gradient", "intervals", "lines", "months"]
