"""Records in the words of the project, whatever their supplier calls and codes things.

A layout says where each value stands; this module turns that into expressions. It refuses
nothing: what is wrong with a value is noted beside it, for the checks to count.
"""

import ibis
from ibis import ifelse

from analysis.ingest import values
from analysis.ingest.layout_fields import Age
from analysis.ingest.layouts import Layout, read_layout
from analysis.standards.soc2010 import soc2010_titles
from analysis.vocabulary import NON_RESIDENT

RECORDS = (
    "record_id", "registration_date", "death_date", "sex", "age", "residence", "lsoa11cd",
    "icd10_underlying", "icd10_mentions", "place_of_death", "soc2010", "certified_by",
)  # fmt: skip
OLDEST = 120
NEONATAL_DAYS = 28
_DAYS_IN = {"days": 1, "weeks": 7, "months": 30}
_YEARS_IN = {"months": 12, "weeks": 52, "days": 365}


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
        (a list, the underlying cause first, each code once); ``place_of_death``; ``soc2010``;
        ``certified_by``. Each is missing where it is not known. Then what the checks need:
        ``is_footer``, ``is_cancelled``, ``is_neonate``; ``sex_code``, the code of a sex that the
        layout does not know; and, true where a value is given but cannot be used,
        ``registration_date_impossible``, ``death_date_impossible``, ``age_impossible``,
        ``lsoa_not_used``, ``icd10_underlying_malformed``, ``icd10_mentions_malformed``,
        ``place_not_coded``, ``soc2010_not_classified``.
    """
    spec = read_layout(str(layout))
    parts = (_identity, _dates, _person, _residence, _causes, _place_and_work)
    columns = {name: column for part in parts for name, column in part(raw, spec).items()}
    return raw.select(**columns)


def _identity(raw: ibis.Table, layout: Layout) -> dict[str, ibis.Value]:
    return {
        "record_id": _text(raw, layout.record_id),
        "is_footer": _marked(raw, layout.footer),
        "is_cancelled": _marked(raw, layout.cancelled),
    }


def _dates(raw: ibis.Table, layout: Layout) -> dict[str, ibis.Value]:
    columns = {}
    for name in ("registration_date", "death_date"):
        columns[name], columns[f"{name}_impossible"] = values.day(raw, getattr(layout, name))
    return columns


def _person(raw: ibis.Table, layout: Layout) -> dict[str, ibis.Value]:
    sex_code = values.code(raw, layout.sex)
    age, days, given = _age(raw, layout.age)
    neonate = days < NEONATAL_DAYS
    if layout.neonate and layout.neonate.marked:
        neonate = neonate.fill_null(False) | values.marked(raw, layout.neonate.marked)
    if layout.neonate and layout.neonate.under_one:
        neonate = age == 0
    return {
        "sex": values.coded(raw, layout.sex),
        "sex_code": ifelse(sex_code.isin(list(layout.sex.codes)), ibis.null("string"), sex_code),
        "age": age,
        "age_impossible": given & age.isnull(),
        "is_neonate": neonate.fill_null(False),
    }


def _age(raw: ibis.Table, field: Age) -> tuple[ibis.Column, ibis.Column, ibis.Column]:
    """Return age in years, age in days where that is known, and whether an age is given."""
    written = values.known_text(raw, field.column, field.unknown)
    digits = written.substr(*field.characters) if field.characters else written
    number = ifelse(digits.re_search("^[0-9]{1,3}$"), digits, ibis.null("string")).cast("int16")
    if field.unit is None:
        years, days, given = number, ibis.null("int16"), written.notnull()
    else:
        unit = values.text(raw, field.unit.column)
        unit = unit.substr(*field.unit.characters) if field.unit.characters else unit
        years, days, given = _age_by_unit(number, unit, field, written)
    possible = ifelse(years.between(0, OLDEST), years, ibis.null("int16"))
    return possible, days, given


def _age_by_unit(
    number: ibis.Column, unit: ibis.Column, field: Age, written: ibis.Column
) -> tuple[ibis.Column, ibis.Column, ibis.Column]:
    known = [(unit == code, name) for code, name in field.unit.codes.items()]
    name = ibis.cases(*known, (unit.notnull(), field.unit.otherwise))
    short = [(name == key, (number / size).floor().cast("int16")) for key, size in _YEARS_IN.items()]
    years = ibis.cases(
        (name == "years", number),
        (name == "years_over_100", (number + 100).cast("int16")),
        *short,
        (name.isin(["hours", "minutes", "under_one"]), ibis.literal(0, "int16")),
    )
    days = ibis.cases(
        *[(name == key, (number * size).cast("int16")) for key, size in _DAYS_IN.items()],
        (name.isin(["hours", "minutes"]), ibis.literal(0, "int16")),
    )
    return years, days, written.notnull() & (name != "unknown").fill_null(False)


def _residence(raw: ibis.Table, layout: Layout) -> dict[str, ibis.Value]:
    residence, lsoa = values.coded(raw, layout.residence), _text(raw, layout.lsoa11cd)
    lives_here = (residence != NON_RESIDENT).fill_null(True)
    return {
        "residence": residence,
        "lsoa11cd": ifelse(lives_here, lsoa, ibis.null("string")),
        "lsoa_not_used": ~lives_here & lsoa.notnull(),
    }


def _causes(raw: ibis.Table, layout: Layout) -> dict[str, ibis.Value]:
    written = values.icd10_text(values.text(raw, layout.icd10_underlying.column))
    underlying = ifelse(values.is_icd10(written), written, ibis.null("string"))
    lists = [_codes(raw, columns, layout.icd10_mentions.separator)
             for columns in layout.icd10_mentions.lists]  # fmt: skip
    mentions = ibis.coalesce(*[ifelse(codes.length() > 0, codes, ibis.null("array<string>"))
                               for codes in lists])  # fmt: skip
    mentions = mentions.fill_null(ibis.literal([], "array<string>"))
    valid = mentions.filter(values.is_icd10)
    first = ibis.array([underlying])
    return {
        "icd10_underlying": underlying,
        "icd10_underlying_malformed": written.notnull() & underlying.isnull(),
        "icd10_mentions": first.concat(valid).filter(lambda code: code.notnull()).unique(),
        "icd10_mentions_malformed": valid.length() < mentions.length(),
    }


def _codes(raw: ibis.Table, columns: tuple[str, ...], separator: str) -> ibis.Column:
    if raw[columns[0]].type().is_array():
        codes = raw[columns[0]]
    else:
        codes = ibis.literal(separator).join([raw[name] for name in columns]).split(separator)
    return codes.map(values.icd10_text).filter(lambda code: code.notnull())


def _place_and_work(raw: ibis.Table, layout: Layout) -> dict[str, ibis.Value]:
    place, given = _place(raw, layout)
    soc = _text(raw, layout.soc2010)
    certified = layout.certified_by
    return {
        "place_of_death": place,
        "place_not_coded": given & place.isnull(),
        "soc2010": ifelse(soc.isin(list(soc2010_titles().index)), soc, ibis.null("string")),
        "soc2010_not_classified": soc.notin(list(soc2010_titles().index)).fill_null(False),
        "certified_by": values.coded(raw, certified) if certified else ibis.null("string"),
    }


def _place(raw: ibis.Table, layout: Layout) -> tuple[ibis.Column, ibis.Column]:
    field = layout.place_of_death
    place, written = values.coded(raw, field), values.code(raw, field)
    unstated = [code for code, meaning in field.codes.items() if not meaning]
    given = written.notin(unstated) if unstated else written.notnull()
    if field.establishments:
        nhs = values.unpadded(values.text(raw, field.establishments.nhs))
        kind = values.unpadded(values.text(raw, field.establishments.type))
        pairs = [
            ((nhs == indicator) & kind.isin(types), name)
            for name, by_indicator in field.establishments.places.items()
            for indicator, types in by_indicator.items()
        ]
        place = ibis.coalesce(place, ibis.cases(*pairs))
        given = given | kind.notnull()
    return place, given.fill_null(False)


def _text(raw: ibis.Table, field: object) -> ibis.Value:
    return values.known_text(raw, field.column, field.unknown) if field else ibis.null("string")


def _marked(raw: ibis.Table, field: object) -> ibis.Value:
    return values.marked(raw, field) if field else ibis.literal(False)
