"""Cubes: which downloads of an edition readers can build tables from, as ``cubes.yml`` says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import yaml

from analysis.disclosure.measures import INTERVALS


@dataclass(frozen=True)
class Dimension:
    """Columns of one dimension of a cube, and the code of its total; see ``cubes.yml``."""

    code: str
    name: str = ""
    group: str = ""
    total: str = ""

    @property
    def columns(self) -> list[str]:
        return [column for column in (self.code, self.name, self.group) if column]


@dataclass(frozen=True)
class Cube:
    """A download from which tables can be built; see ``cubes.yml``."""

    download: str
    page: str
    title: str
    notes: str
    dimensions: tuple[Dimension, ...]
    measures: tuple[str, ...]
    start: Mapping = field(default_factory=dict, hash=False)

    @property
    def columns(self) -> list[str]:
        """Columns that the download must have: names of a row, measures and their limits."""
        named = [column for dimension in self.dimensions for column in dimension.columns]
        limits = [limit for measure in self.measures for limit in INTERVALS.get(measure, ())]
        return [*named, *self.measures, *limits]

    @classmethod
    def of(cls, values: Mapping) -> "Cube":
        """Return the cube that an entry of ``cubes.yml`` describes."""
        dimensions = tuple(Dimension(**dimension) for dimension in values["dimensions"])
        return cls(**{**values, "dimensions": dimensions, "measures": tuple(values["measures"])})


@cache
def read_cubes() -> tuple[Cube, ...]:
    """Return the cubes that an edition may have, in the order in which they are offered."""
    text = files("analysis.publish").joinpath("cubes.yml").read_text(encoding="utf-8")
    return tuple(Cube.of(values) for values in yaml.safe_load(text)["cubes"])
