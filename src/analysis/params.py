"""Parameters of an edition and of its pages.

One YAML file holds an edition. It is read strictly: a key that is unknown, missing, mistyped or
contradictory is refused, and every fault of the file is reported at once. From an edition follow
the parameters of each page, which papermill writes into the page and the page checks again.
"""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic import ValidationError as PydanticError

from analysis.errors import ParamsError

Basis = Literal["occurrence", "registration"]
DataKind = Literal["demonstration", "open", "records"]
DeathsKind = Literal["area", "occupation"]
PopulationKind = Literal["area", "deprivation", "occupation"]
Interval = Literal["ons", "dobson-exact", "dobson-byar", "gamma", "tiwari", "normal", "log"]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
MonthOrDay = Annotated[date, BeforeValidator(lambda value: _only_dates(value))]
Age = Annotated[int, Field(ge=0, le=90)]


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
    compared with on its quality page.
    """

    records: str
    layout: str
    lookup: str
    populations: dict[PopulationKind, Population]
    published: str | None = None


class Deaths(_Strict):
    """Which deaths are counted together: by which date, from when to when, at which ages."""

    basis: Basis
    date_from: MonthOrDay
    date_to: MonthOrDay
    age_min: Age = 0
    age_max: Age | None = None


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
    deaths: dict[DeathsKind, Deaths]
    pages: dict[Slug, Page]

    def page(self, name: str) -> "PageParams":
        """Return the parameters of page ``name``."""
        page = self.pages[name]
        deaths, population = self.deaths[page.deaths], self.inputs.populations[page.population]
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
        return _validated(cls, values, f"page {values.get('page', '?')}, parameters cell")

    def as_cell(self) -> dict[str, Any]:
        """Return the plain values that papermill writes into the page."""
        return self.model_dump(mode="json")

    @property
    def path(self) -> Path:
        """Folder of the edition, found from the working folder upwards."""
        return project_root() / self.folder


def load_edition(path: str | Path) -> EditionParams:
    """Return the parameters in the YAML file ``path``.

    Raises
    ------
    ParamsError
        The file is missing, is not YAML, or has faults; all of them are listed.
    """
    path = Path(path)
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), Loader=_NoDoubledKeys)
    except FileNotFoundError:
        raise ParamsError(
            f"{path}: no such file.\nParameter files of this project are in params/."
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, IsADirectoryError) as fault:
        raise ParamsError(f"{path}: not a readable YAML file.\n{fault}") from None
    if not isinstance(values, dict):
        raise ParamsError(f"{path}: holds no parameters.\nStart from a file in params/.")
    return _validated(EditionParams, values, str(path), _contradictions(values))


def next_edition(params: EditionParams, registered_by: date) -> EditionParams:
    """Return the edition that follows from a later cut-off.

    Deaths counted by occurrence run to the end of the last whole month before the cut-off, deaths
    counted by registration to the cut-off itself; the release keeps its lag behind the cut-off.

    Raises
    ------
    ParamsError
        The cut-off leaves no whole period, such as one before the start of the period.
    """
    lag = params.release.date - params.registered_by
    month_end = (registered_by + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    ends = {"occurrence": month_end, "registration": registered_by}
    released = registered_by + lag
    values = params.model_dump()
    values["edition"] = f"{params.edition.split('-')[0]}-{released}"
    values["registered_by"] = registered_by
    values["release"] |= {"date": released, "next": None, "status": "provisional"}
    for deaths in values["deaths"].values():
        deaths["date_to"] = ends[deaths["basis"]]
    return _validated(
        EditionParams, values, f"--registered-by {registered_by}", _contradictions(values)
    )


def as_yaml(params: EditionParams) -> str:
    """Return the text of a parameter file that holds ``params``."""
    values = params.model_dump()
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100)


def project_root() -> Path:
    """Return the nearest folder, from the working folder upwards, that holds ``_config.yml``.

    Raises
    ------
    ParamsError
        There is none: the command runs outside a copy of the project.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "_config.yml").is_file():
            return folder
    raise ParamsError(
        f"{here}: neither this folder nor one above it holds _config.yml.\n"
        "Run the command inside a copy of the project."
    )


class _NoDoubledKeys(yaml.SafeLoader):
    """YAML that refuses doubled keys, and leaves an impossible date to the checks that follow."""

    def construct_date(self, node: yaml.ScalarNode) -> date | str:
        try:
            return self.construct_yaml_timestamp(node)
        except ValueError:
            return self.construct_scalar(node)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        doubled = sorted({str(key) for key in keys if keys.count(key) > 1})
        if doubled:
            raise yaml.constructor.ConstructorError(
                None, None, f"key given twice: {', '.join(doubled)}", node.start_mark
            )
        return super().construct_mapping(node, deep)


_NoDoubledKeys.add_constructor("tag:yaml.org,2002:timestamp", _NoDoubledKeys.construct_date)


def _only_dates(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        return date.fromisoformat(value)
    raise ValueError("a date is written 2020-06-06")


def _contradictions(values: dict) -> list[str]:
    """Faults between fields, from raw values, so that they are reported with all the others."""
    faults = []
    cut_off = values.get("registered_by")
    kinds = values.get("deaths") if isinstance(values.get("deaths"), dict) else {}
    for kind, deaths in kinds.items():
        deaths = deaths if isinstance(deaths, dict) else {}
        start, end = deaths.get("date_from"), deaths.get("date_to")
        if _are_dates(start, end) and end < start:
            faults.append(f"deaths.{kind}.date_to: {end} is before date_from, {start}")
        if _are_dates(end, cut_off) and cut_off < end:
            faults.append(f"registered_by: {cut_off} is before deaths.{kind}.date_to, {end}")
        low, high = deaths.get("age_min", 0), deaths.get("age_max")
        if isinstance(low, int) and isinstance(high, int) and high <= low:
            faults.append(f"deaths.{kind}.age_max: {high} is not above age_min, {low}")
    release = values.get("release") if isinstance(values.get("release"), dict) else {}
    if _are_dates(release.get("date"), cut_off) and release["date"] < cut_off:
        faults.append(f"release.date: {release['date']} is before registered_by, {cut_off}")
    return faults + _dangling(values, kinds)


def _dangling(values: dict, kinds: dict) -> list[str]:
    """Pages that name deaths or a population which the file does not define."""
    inputs = values.get("inputs") if isinstance(values.get("inputs"), dict) else {}
    known = {"deaths": kinds, "population": inputs.get("populations") or {}}
    pages = values.get("pages") if isinstance(values.get("pages"), dict) else {}
    return [
        f"pages.{name}.{field}: {page[field]!r} is not defined in this file"
        for name, page in pages.items()
        if isinstance(page, dict)
        for field, names in known.items()
        if field in page and page[field] not in names
    ]


def _are_dates(*values: Any) -> bool:
    return all(isinstance(value, date) for value in values)


def _validated(model: type, values: dict, where: str, contradictions: list[str] = ()) -> Any:
    faults = list(contradictions)
    try:
        params = model.model_validate(values)
    except PydanticError as error:
        faults = [_in_words(fault) for fault in error.errors()] + faults
    if faults:
        listed = "\n".join(f"  {fault}" for fault in dict.fromkeys(faults))
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise ParamsError(f"{where}: {count}.\n{listed}\nCorrect the fields named above.")
    return params


def _in_words(fault: dict) -> str:
    field = ".".join(str(part) for part in fault["loc"] if part != "[key]")
    words = {"missing": "is missing", "extra_forbidden": "is not a known parameter"}
    reason = words.get(fault["type"], f"{fault['msg']} (found {fault['input']!r})")
    return f"{field}: {reason}"
