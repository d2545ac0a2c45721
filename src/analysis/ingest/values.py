"""Expressions that read one value of a supplier: text, a date, a code, a cause of death."""

import ibis
from ibis import ifelse

from analysis.ingest.layout_fields import Coded, Marked
from analysis.standards.icd10 import CODE_PATTERN

_WIDTHS = {"yyyy": 4, "mm": 2, "dd": 2}
_ISO_FORM = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_CAUSE = CODE_PATTERN.strip("^$")


@ibis.udf.scalar.builtin
def trim(value: str) -> str:
    """The engine's own trim: the one of Ibis also looks for tabs, at three times the cost."""


def text(records: ibis.Table, columns: tuple[str, ...]) -> ibis.Column:
    """Return the first of ``columns`` that is filled, without spaces around it."""
    if not columns:
        return ibis.null("string")
    return ibis.coalesce(*[trim(records[name]).nullif("") for name in columns])


def known(value: ibis.Column, unknown: tuple[str, ...]) -> ibis.Column:
    """Return ``value``, missing where it is one of ``unknown``."""
    return ifelse(value.isin(unknown), ibis.null("string"), value) if unknown else value


def unpadded(value: ibis.Column) -> ibis.Column:
    """Return a number's text without leading zeros; a zero stays a zero."""
    return value.re_replace("^0+([0-9])", r"\1")


def iso_text(written: ibis.Column, form: str) -> ibis.Column:
    """Return a date as ``2020-03-31``; text that is not of the form stays as it is."""
    pattern = form
    for part, width in _WIDTHS.items():
        pattern = pattern.replace(part, f"[0-9]{{{width}}}")
    pieces = [written.substr(form.index(part), width) for part, width in _WIDTHS.items()]
    iso = pieces[0] + "-" + pieces[1] + "-" + pieces[2]
    return ifelse(written.re_search(f"^{pattern}$"), iso, written)


def iso_date(iso: ibis.Column) -> ibis.Column:
    """Return the date that ``2020-03-31`` names, missing where there is no such day."""
    # Engines differ in what they take for a date, so the form is settled before the cast.
    return ifelse(iso.re_search(_ISO_FORM), iso, ibis.null("string")).try_cast("date")


def code(records: ibis.Table, field: Coded | None) -> ibis.Column:
    """Return the code in a field, without padding where it is padded."""
    value = text(records, field.column if field else ())
    return unpadded(value) if field and field.zero_padded else value


def meaning(code: ibis.Column, field: Coded | None) -> ibis.Column:
    """Return the meaning of a code: by the code itself, by its beginning, or ``otherwise``."""
    if field is None:
        return ibis.null("string")
    cases = [(code == key, word) for key, word in field.codes.items() if word]
    cases += [(code.startswith(key), word) for key, word in field.prefixes.items()]
    rest = code.notin(unstated(field)) if unstated(field) else code.notnull()
    return ibis.cases(*cases, (rest, ibis.literal(field.otherwise, "string")))


def unstated(field: Coded) -> list[str]:
    """Return the codes of a field that say that nothing is known."""
    return [key for key, word in field.codes.items() if not word]


def marked(records: ibis.Table, field: Marked | None) -> ibis.Column:
    """Return whether a row is marked by the field; none is where there is no such field."""
    if field is None:
        return ibis.literal(False)
    value = text(records, field.column)
    tests = [value.isin(field.values)] if field.values else []
    tests += [value.isnull()] if field.blank else []
    tests += [value.notnull()] if field.filled else []
    return ibis.or_(*tests).fill_null(False)


def causes_text(records: ibis.Table, lists: list[tuple[str, ...]]) -> ibis.Column:
    """Return causes as one text: codes in capitals with a space between them.

    Parameters
    ----------
    lists
        Alternatives, each one or more columns; the first with any entry is taken. A column may
        be a list, or a text with a space or one of ``* ; , / |`` between codes. Dots go, and so
        does the X that pads a code of three characters.
    """
    first = ibis.coalesce(*[trim(_joined(records, columns)).nullif("") for columns in lists])
    codes = first.upper().replace(".", "").re_replace("[ *;,/|]+", " ")
    return trim(codes.re_replace(r"\b([A-Z][0-9]{2}[0-9]?)X+\b", r"\1")).nullif("")


def _joined(records: ibis.Table, columns: tuple[str, ...]) -> ibis.Column:
    if records[columns[0]].type().is_array():
        return records[columns[0]].join(" ")
    if len(columns) == 1:
        return records[columns[0]]
    return ibis.literal(" ").join([records[name] for name in columns])


def is_icd10(code: ibis.Value) -> ibis.Value:
    """Return whether a cause has the form of an ICD-10 code."""
    return code.re_search(CODE_PATTERN)


def are_icd10(causes: ibis.Column) -> ibis.Column:
    """Return whether every cause in a text of causes has the form of an ICD-10 code."""
    return causes.re_search(f"^({_CAUSE}( |$))*$")
