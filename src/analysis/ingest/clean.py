"""Records in the words of the project, whatever their supplier calls and codes things.

A layout says where each value stands. First what is written is read, then what it means. Nothing
is refused here: what is wrong with a value is noted beside it, for the checks to count.
"""

import ibis
import ibis.expr.datatypes as dt
from ibis import ifelse

from analysis.ingest import values
from analysis.ingest.layout_fields import Age, Day, Text
from analysis.ingest.layouts import Layout, read_layout
from analysis.standards.soc2010 import soc2010_titles
from analysis.vocabulary import NON_RESIDENT

RECORDS = (
    "record_id", "registration_date", "death_date", "sex", "age", "residence", "lsoa11cd",
    "icd10_underlying", "icd10_mentions", "place_of_death", "soc2010", "certified_by",
)  # fmt: skip
OLDEST = 120
NEONATAL_DAYS = 28
_UNITS_IN_A_YEAR = {"months": 12, "weeks": 52, "days": 365}
_DAYS_IN_A_UNIT = {"days": 1, "weeks": 7, "months": 30}


def clean_records(raw: ibis.Table, layout: str) -> ibis.Table:
    """Return records in the project's own columns, lazily.

    Parameters
    ----------
    raw
        Records as ``open_records`` gives them.
    layout
        The layout they are in.

    Returns
    -------
    ibis.Table
        One row per row of ``raw``. ``record_id``; ``registration_date``, ``death_date`` (dates);
        ``sex`` (F, M); ``age`` (whole years); ``residence`` (country code, J99000001 for
        non-residents); ``lsoa11cd`` (residents only); ``icd10_underlying``, ``icd10_mentions``
        (a list, which holds the underlying cause); ``place_of_death``; ``soc2010``;
        ``certified_by``. Each is missing where it is not known. Then what the checks need:
        ``is_footer``, ``is_cancelled``, ``is_neonate``; ``sex_code``, the code of a sex that the
        layout does not know; and, true where a value is given but cannot be used,
        ``registration_date_impossible``, ``death_date_impossible``, ``age_impossible``,
        ``lsoa_not_used``, ``icd10_underlying_malformed``, ``icd10_mentions_malformed``,
        ``place_not_coded``, ``soc2010_not_classified``.
    """
    spec = read_layout(str(layout))
    # A view keeps the two steps apart: merged into one, every value would be read many times.
    written = raw.select(**_written(raw, spec)).view()
    return written.select(
        "record_id", "is_footer", "is_cancelled", "certified_by",
        **_dates(written), **_person(written, spec), **_residence(written),
        **_causes(written), **_place(written, spec), **_work(written),
    )  # fmt: skip


def _written(raw: ibis.Table, layout: Layout) -> dict[str, ibis.Value]:
    """Return what stands in a record, field by field, still in the supplier's codes."""
    kind = layout.place_of_death.establishments
    neonate = layout.neonate.marked if layout.neonate else None
    underlying = [(name,) for name in layout.icd10_underlying.column]
    return {
        "record_id": _text(raw, layout.record_id),
        "is_footer": values.marked(raw, layout.footer),
        "is_cancelled": values.marked(raw, layout.cancelled),
        "registration_date": _day(raw, layout.registration_date),
        "death_date": _day(raw, layout.death_date),
        "sex_code": values.code(raw, layout.sex),
        "age_text": _text(raw, layout.age),
        "age_unit": _unit(raw, layout.age),
        "marked_neonate": values.marked(raw, neonate),
        "residence": values.meaning(values.code(raw, layout.residence), layout.residence),
        "lsoa11cd": _text(raw, layout.lsoa11cd),
        "underlying": values.causes_text(raw, underlying),
        "mentions": values.causes_text(raw, layout.icd10_mentions.lists),
        "place_code": values.code(raw, layout.place_of_death),
        "nhs": values.unpadded(values.text(raw, kind.nhs if kind else ())),
        "establishment": values.unpadded(values.text(raw, kind.type if kind else ())),
        "soc2010": _text(raw, layout.soc2010),
        "certified_by": values.meaning(values.code(raw, layout.certified_by), layout.certified_by),
    }


def _dates(written: ibis.Table) -> dict[str, ibis.Value]:
    columns = {}
    for name in ("registration_date", "death_date"):
        given = written[name]
        value = given if isinstance(given.type(), dt.Date) else values.iso_date(given)
        columns |= {name: value, f"{name}_impossible": given.notnull() & value.isnull()}
    return columns


def _person(written: ibis.Table, layout: Layout) -> dict[str, ibis.Value]:
    code = written.sex_code
    age, days, given = _age(written, layout.age)
    known_neonate = (days < NEONATAL_DAYS).fill_null(False) | written.marked_neonate
    under_one = bool(layout.neonate and layout.neonate.under_one)
    return {
        "sex": values.meaning(code, layout.sex),
        "sex_code": ifelse(code.isin(list(layout.sex.codes)), ibis.null("string"), code),
        "age": age,
        "age_impossible": given & age.isnull(),
        "is_neonate": (age == 0).fill_null(False) if under_one else known_neonate,
    }


def _age(written: ibis.Table, field: Age) -> tuple[ibis.Column, ibis.Column, ibis.Column]:
    """Return age in years, age in days where the unit tells it, and whether an age is given."""
    text, code = (
        written.age_text.re_replace("[.]0+$", ""),
        written.age_unit,
    )  # 63.0, as pandas writes
    number = ifelse(text.re_search("^[0-9]{1,3}$"), text, ibis.null("string")).cast("int16")
    unit = ibis.literal("years")
    if field.unit:
        coded = [(code == key, name) for key, name in field.unit.codes.items()]
        unit = ibis.cases(*coded, (code.notnull(), field.unit.otherwise), else_="unknown")
    whole = [
        (unit == name, (number / size).floor().cast("int16"))
        for name, size in _UNITS_IN_A_YEAR.items()
    ]
    days = [(unit == name, (number * size).cast("int16")) for name, size in _DAYS_IN_A_UNIT.items()]
    hours = unit.isin(["hours", "minutes"])
    none = ibis.literal(0, "int16")
    years = ibis.cases(
        (unit == "years", number),
        (unit == "years_over_100", (number + 100).cast("int16")),
        *whole,
        (hours | (unit == "under_one"), none),
    )
    possible = ifelse(years.between(0, OLDEST), years, ibis.null("int16"))
    return possible, ibis.cases(*days, (hours, none)), text.notnull() & (unit != "unknown")


def _residence(written: ibis.Table) -> dict[str, ibis.Value]:
    lives_here = (written.residence != NON_RESIDENT).fill_null(True)
    return {
        "residence": written.residence,
        "lsoa11cd": ifelse(lives_here, written.lsoa11cd, ibis.null("string")),
        "lsoa_not_used": ~lives_here & written.lsoa11cd.notnull(),
    }


def _causes(written: ibis.Table) -> dict[str, ibis.Value]:
    cause, mentions = written.underlying, written.mentions
    mentioned = (" " + mentions + " ").contains(" " + cause + " ")
    missing = ifelse(mentioned.fill_null(False), ibis.null("string"), cause)
    return {
        "icd10_underlying": ifelse(values.is_icd10(cause), cause, ibis.null("string")),
        "icd10_underlying_malformed": (~values.is_icd10(cause)).fill_null(False),
        "icd10_mentions": ibis.literal(" ")
        .join([missing, mentions])
        .split(" ")
        .filter(values.is_icd10),
        "icd10_mentions_malformed": (~values.are_icd10(mentions)).fill_null(False),
    }


def _place(written: ibis.Table, layout: Layout) -> dict[str, ibis.Value]:
    field, nhs, kind = layout.place_of_death, written.nhs, written.establishment
    place = values.meaning(written.place_code, field)
    if field.establishments:
        pairs = [
            ((nhs == indicator) & kind.isin(types), name)
            for name, by_indicator in field.establishments.places.items()
            for indicator, types in by_indicator.items()
        ]
        place = ibis.coalesce(place, ibis.cases(*pairs))
    stated = written.place_code.notin(values.unstated(field) or [""])
    given = stated.fill_null(False) | kind.notnull()
    return {"place_of_death": place, "place_not_coded": given & place.isnull()}


def _work(written: ibis.Table) -> dict[str, ibis.Value]:
    # One pattern of all unit groups: 369 values in a list cost the engine's planner more.
    classified = written.soc2010.re_search(f"^({'|'.join(soc2010_titles().index)})$")
    return {
        "soc2010": ifelse(classified, written.soc2010, ibis.null("string")),
        "soc2010_not_classified": (~classified).fill_null(False),
    }


def _text(raw: ibis.Table, field: Text | Age | None) -> ibis.Column:
    if field is None:
        return ibis.null("string")
    value = values.known(values.text(raw, field.column), field.unknown)
    return _slice(value, field)


def _unit(raw: ibis.Table, field: Age) -> ibis.Column:
    if field.unit is None:
        return ibis.null("string")
    return _slice(values.text(raw, field.unit.column), field.unit)


def _slice(value: ibis.Column, field: object) -> ibis.Column:
    characters = getattr(field, "characters", None)
    return value.substr(*characters) if characters else value


def _day(raw: ibis.Table, field: Day) -> ibis.Column:
    """Return a date, or the text ``2020-03-31`` that may be one."""
    if field.column and isinstance(raw[field.column[0]].type(), dt.Date):
        return ibis.coalesce(*[raw[name] for name in field.column])
    if field.column:
        return values.iso_text(values.text(raw, field.column), field.format)
    year, month, day = (values.text(raw, part) for part in (field.year, field.month, field.day))
    parts = [year, *[part.re_replace("^([0-9])$", r"0\1") for part in (month, day)]]
    # A missing part leaves a text that is no date, unless all three are missing.
    return ibis.literal("-").join(parts).nullif("")
