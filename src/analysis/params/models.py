"""The parameters of an edition and of its pages: their fields, types and limits."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from analysis.params.project import project_root
from analysis.params.validation import validated

Basis = Literal["occurrence", "registration"]
DataKind = Literal["demonstration", "open", "records"]
Counted = Literal["area", "occupation", "weekly"]
DeathsKind = Literal["area", "occupation", "weekly", "msoa"]
PopulationKind = Literal["area", "deprivation", "occupation"]
Interval = Literal["ons", "dobson-exact", "dobson-byar", "gamma", "tiwari", "normal", "log"]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
MonthOrDay = Annotated[date, BeforeValidator(lambda value: _only_dates(value))]
Age = Annotated[int, Field(ge=0, le=90)]
# Deaths that are counted from those of another kind: theirs are its dates and ages.
COUNTED_FROM = {"msoa": "area"}


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Release(_Strict):
    """When and by whom an edition is made public, and how final it is."""

    title: str
    status: Literal["draft", "provisional", "final", "corrected", "superseded"]
    date: MonthOrDay
    next: MonthOrDay | None = None
    contact: str


class Population(_Strict):
    """A table of people at risk: its file, its year and where it comes from."""

    path: str
    year: Annotated[int, Field(ge=1900, le=2100)]
    origin: Literal["estimate", "census", "survey", "modelled", "invented"]


class Inputs(_Strict):
    """Files that an edition reads, relative to the folder of the project.

    ``published`` is a workbook of published figures for the same deaths, which the edition is
    compared with on its quality page. ``weekly`` is a file of weekly registrations of the years
    before, which pages of excess deaths compare with.
    """

    records: str
    layout: str
    lookup: str
    populations: dict[PopulationKind, Population]
    published: str | None = None
    weekly: str | None = None


class Deaths(_Strict):
    """Which deaths are counted together: by which date, from when to when, at which ages."""

    basis: Basis
    date_from: MonthOrDay
    date_to: MonthOrDay
    age_min: Age = 0
    age_max: Age | None = None


class Protection(_Strict):
    """What a protected count follows from beside the rules: who knows it can undo the protection.

    ``secret`` is a file outside the project, ``seed`` a number that anyone may know, for invented
    data. ``moved_before`` says, in the words of the page, who moved deaths between small areas
    before the records came here; then nothing is moved again.
    """

    secret: str | None = None
    seed: int | None = None
    moved_before: str | None = None


class Page(_Strict):
    """What one page counts, over which population, under which rule set."""

    deaths: DeathsKind
    population: PopulationKind
    rules: Slug
    interval: Interval = "ons"
    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
    annualise: bool = False


class EditionParams(_Strict):
    """Everything that an edition depends on, as its YAML file states it."""

    edition: Slug
    data: DataKind
    release: Release
    inputs: Inputs
    registered_by: MonthOrDay
    deaths: dict[Counted, Deaths]
    protection: Protection | None = None
    pages: dict[Slug, Page]

    def as_published(self) -> dict[str, Any]:
        """Return the parameters as plain values, but where the secret is."""
        return self.model_dump(mode="json", exclude={"protection": {"secret"}})

    def deaths_of(self, kind: str) -> Deaths:
        """Return the dates and ages of the deaths of a page of this kind."""
        return self.deaths[COUNTED_FROM.get(kind, kind)]

    def page(self, name: str) -> "PageParams":
        """Return the parameters of page ``name``."""
        page = self.pages[name]
        deaths, population = self.deaths_of(page.deaths), self.inputs.populations[page.population]
        return PageParams(
            edition=self.edition,
            page=name,
            data=self.data,
            folder=f"_build/{self.edition}",
            deaths=page.deaths,
            basis=deaths.basis,
            date_from=deaths.date_from,
            date_to=deaths.date_to,
            registered_by=self.registered_by,
            age_min=deaths.age_min,
            age_max=deaths.age_max,
            population=page.population,
            population_year=population.year,
            population_origin=population.origin,
            rules=page.rules,
            interval=page.interval,
            confidence=page.confidence,
            annualise=page.annualise,
        )


class PageParams(_Strict):
    """Parameters of one page: exactly the names of its parameters cell."""

    edition: Slug
    page: Slug
    data: DataKind
    folder: str
    deaths: DeathsKind
    basis: Basis
    date_from: MonthOrDay
    date_to: MonthOrDay
    registered_by: MonthOrDay
    age_min: Age
    age_max: Age | None
    population: PopulationKind
    population_year: int
    population_origin: str
    rules: Slug
    interval: Interval
    confidence: float
    annualise: bool

    @classmethod
    def from_namespace(cls, namespace: dict[str, Any]) -> "PageParams":
        """Return the parameters that a page's cell has set, checked again.

        Parameters
        ----------
        namespace
            ``globals()`` of the page.

        Raises
        ------
        ParamsError
            A parameter is missing or has a value that the model refuses.
        """
        values = {name: namespace[name] for name in cls.model_fields if name in namespace}
        return validated(cls, values, f"page {values.get('page', '?')}, parameters cell")

    def as_cell(self) -> dict[str, Any]:
        """Return the plain values that papermill writes into the page."""
        return self.model_dump(mode="json")

    @property
    def path(self) -> Path:
        """Folder of the edition, found from the working folder upwards."""
        return project_root() / self.folder


def _only_dates(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        return date.fromisoformat(value)
    raise ValueError("a date is written 2020-06-06")
