"""Expressions that read one value of a supplier: text, a date, a code, a cause of death."""

import ibis
import ibis.expr.datatypes as dt
from ibis import ifelse

from analysis.ingest.layout_fields import Coded, Day, Marked
from analysis.standards.icd10 import CODE_PATTERN

_WIDTHS = {"yyyy": 4, "mm": 2, "dd": 2}


def text(records: ibis.Table, columns: tuple[str, ...]) -> ibis.Column:
    """Return the first of ``columns`` that is filled, without spaces around it."""
    return ibis.coalesce(*[records[name].strip().nullif("") for name in columns])


def known_text(
    records: ibis.Table, columns: tuple[str, ...], unknown: tuple[str, ...]
) -> ibis.Column:
    """Return the text of ``columns``, missing where it is one of ``unknown``."""
    value = text(records, columns)
    return ifelse(value.isin(unknown), ibis.null("string"), value) if unknown else value


def day(records: ibis.Table, field: Day) -> tuple[ibis.Column, ibis.Column]:
    """Return a date, and whether something stands in its place that is no date (30 February)."""
    if field.column and isinstance(records[field.column[0]].type(), dt.Date):
        return ibis.coalesce(*[records[name] for name in field.column]), ibis.literal(False)
    if field.column:
        written = text(records, field.column)
        given, iso = written.notnull(), _iso(written, field.format)
    else:
        year, month, number = (text(records, getattr(field, p)) for p in ("year", "month", "day"))
        given = year.notnull() | month.notnull() | number.notnull()
        iso = year + "-" + month.lpad(2, "0") + "-" + number.lpad(2, "0")
    # Engines differ in what they take for a date, so the form is settled before the cast.
    whole = ifelse(iso.re_search("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), iso, ibis.null("string"))
    value = whole.try_cast("date")
    return value, given & value.isnull()


def _iso(written: ibis.Column, form: str) -> ibis.Column:
    pieces = [written.substr(form.index(part), width) for part, width in _WIDTHS.items()]
    pattern = form
    for part, width in _WIDTHS.items():
        pattern = pattern.replace(part, f"[0-9]{{{width}}}")
    iso = pieces[0] + "-" + pieces[1] + "-" + pieces[2]
    return ifelse(written.re_search(f"^{pattern}$"), iso, written)


def coded(records: ibis.Table, field: Coded) -> ibis.Column:
    """Return the meaning of a code: by the code itself, by its beginning, or ``otherwise``."""
    value = code(records, field)
    cases = [(value == key, meaning) for key, meaning in field.codes.items() if meaning]
    cases += [(value.startswith(key), meaning) for key, meaning in field.prefixes.items()]
    blank = [key for key, meaning in field.codes.items() if not meaning]
    known = value.notin(blank) if blank else value.notnull()
    return ibis.cases(*cases, (known, ibis.literal(field.otherwise, "string")))


def code(records: ibis.Table, field: Coded) -> ibis.Column:
    """Return the code as it is looked up, without padding."""
    return unpadded(text(records, field.column)) if field.zero_padded else text(records, field.column)


def unpadded(value: ibis.Column) -> ibis.Column:
    """Return a number's text without leading zeros; a zero stays a zero."""
    return value.re_replace("^0+([0-9])", r"\1")


def marked(records: ibis.Table, field: Marked) -> ibis.Column:
    """Return whether a row is marked by the field."""
    value = text(records, field.column)
    tests = [value.isin(field.values)] if field.values else []
    tests += [value.startswith(start) for start in field.starts]
    tests += [value.isnull()] if field.blank else []
    tests += [value.notnull()] if field.filled else []
    return ibis.or_(*tests).fill_null(False)


def icd10_text(value: ibis.Column) -> ibis.Column:
    """Return causes in capitals, without dots, spaces, or the X that pads three characters."""
    plain = value.upper().re_replace("[. ]", "")
    return plain.re_replace("^([A-Z][0-9]{2}[0-9]?)X+$", r"\1").nullif("")


def is_icd10(value: ibis.Column) -> ibis.Column:
    """Return whether a cause has the form of an ICD-10 code."""
    return value.re_search(CODE_PATTERN)
