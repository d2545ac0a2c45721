"""Layouts: how one supplier names and codes the columns of its records.

A layout is a YAML file, never a branch in code. The five that ship with the package are in
``layouts/``; a path to a file of one's own does as well. All values are read as strings, so that
the code ``01`` stays ``01``; an empty value means that the project has no value for that code.
"""

from functools import cache
from pathlib import Path

import yaml
from pydantic import Field, ValidationError, model_validator

from analysis.errors import InputError
from analysis.ingest.layout_fields import (
    Age,
    CertifiedBy,
    Columns,
    Day,
    Marked,
    Mentions,
    Neonate,
    Place,
    Residence,
    Sex,
    Strict,
    Text,
    column_names,
)
from analysis.params.strict_yaml import OneKeyOnce

FOLDER = Path(__file__).with_name("layouts")
FIELDS = (
    "record_id", "registration_date", "death_date", "sex", "age", "residence", "lsoa11cd",
    "icd10_underlying", "icd10_mentions", "place_of_death", "soc2010", "certified_by",
    "neonate", "footer", "cancelled",
)  # fmt: skip


class Csv(Strict):
    """How the text files of a supplier are written."""

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"


class Layout(Strict):
    """Columns of one supplier, and what they hold; each field is described by its own type."""

    name: str
    title: str
    source: str
    csv: Csv = Csv()
    ignore_case: bool = False
    aliases: dict[str, Columns] = Field(default_factory=dict)
    optional: Columns = ()

    record_id: Text | None = None
    registration_date: Day
    death_date: Day
    sex: Sex
    age: Age
    residence: Residence
    lsoa11cd: Text | None = None
    icd10_underlying: Text
    icd10_mentions: Mentions
    place_of_death: Place
    soc2010: Text | None = None
    certified_by: CertifiedBy | None = None
    neonate: Neonate | None = None
    footer: Marked | None = None
    cancelled: Marked | None = None

    @model_validator(mode="after")
    def _name_known_columns(self) -> "Layout":
        unknown = sorted({*self.optional, *self.aliases} - set(self.columns))
        if unknown:
            raise ValueError(f"optional or aliases name columns of no field: {', '.join(unknown)}")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the layout reads, once each, in the order of its fields."""
        fields = (getattr(self, field) for field in FIELDS)
        named = [name for field in fields if field for name in column_names(field)]
        return tuple(dict.fromkeys(named))

    @property
    def required(self) -> tuple[str, ...]:
        """Columns without which a file is not in this layout."""
        return tuple(name for name in self.columns if name not in self.optional)


def layout_names() -> list[str]:
    """Return the names of the layouts that ship with the package."""
    return sorted(path.stem for path in FOLDER.glob("*.yml"))


@cache
def read_layout(layout: str) -> Layout:
    """Return the layout called ``layout``, or the one in the YAML file at that path.

    Raises
    ------
    InputError
        There is no such layout, or its file has faults; all of them are listed.
    """
    path = FOLDER / f"{layout}.yml" if layout in layout_names() else Path(layout)
    if not path.is_file():
        raise InputError(
            f"layout {layout!r}: there is no such layout, and no such file.\n"
            f"Layouts of the package: {', '.join(layout_names())}.\n"
            f"Choose one of them, or give the path of a YAML file of your own."
        )
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), Loader=_Strings)
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise InputError(f"layout {path.name}: not a readable YAML file.\n{fault}") from None
    try:
        return Layout.model_validate(values)
    except ValidationError as error:
        listed = "\n".join(f"  {_in_words(fault)}" for fault in error.errors())
        raise InputError(
            f"layout {path.name}: {error.error_count()} fault(s).\n{listed}\n"
            f"Correct the fields named above; layouts/bulletin.yml is an example."
        ) from None


class _Strings(OneKeyOnce, yaml.BaseLoader):
    """Reads every value as a string."""


def _in_words(fault: dict) -> str:
    field = ".".join(str(part) for part in fault["loc"] if part != "[key]") or "the layout"
    words = {"missing": "is missing", "extra_forbidden": "is not a field of a layout"}
    return f"{field}: {words.get(fault['type'], fault['msg'])}"
