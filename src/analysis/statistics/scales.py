"""Scales on which values vary or lie on a straight line: their own, logarithm, logit."""

import numpy as np
from scipy import special

_SCALE_OF = {"normal": "none", "rate": "log", "proportion": "logit"}


def onto(values: np.ndarray, scale: str) -> np.ndarray:
    """Carry values onto a scale; NaN where they have no place on it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if scale == "log":
            return np.where(values > 0, np.log(values), np.nan)
        if scale == "logit":
            inside = (values > 0) & (values < 1)
            return np.where(inside, special.logit(values), np.nan)
    return values


def back(values: np.ndarray, scale: str) -> np.ndarray:
    """Carry values on a scale back to their own."""
    return {"log": np.exp, "logit": special.expit}.get(scale, np.asarray)(values)


def slope_back(values: np.ndarray, scale: str) -> np.ndarray:
    """How much a value changes for each unit of its scale."""
    if scale == "log":
        return values
    return values * (1 - values) if scale == "logit" else np.ones_like(values)


def slope(values: np.ndarray, scale: str) -> np.ndarray:
    """How much the scale changes for each unit of the value."""
    with np.errstate(divide="ignore"):
        return 1 / slope_back(values, scale)


def spread(values: np.ndarray, kind: str) -> np.ndarray:
    """Carry values of a kind onto the scale on which that kind varies normally."""
    return onto(values, _SCALE_OF[kind])


def unspread(values: np.ndarray, kind: str) -> np.ndarray:
    """Carry values from that scale back."""
    return back(values, _SCALE_OF[kind])


def unit(values: np.ndarray, kind: str) -> np.ndarray:
    """How much a value changes for each unit of that scale."""
    return slope_back(values, _SCALE_OF[kind])
