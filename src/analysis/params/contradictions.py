"""Faults between the fields of a parameter file, such as an end before a start.

They are found in the raw values, so that they are reported together with fields that are missing
or mistyped.
"""

from datetime import date
from typing import Any

from analysis.params.models import COUNTED_FROM


def contradictions(values: dict) -> list[str]:
    """Return every fault between fields of the raw ``values``, in words."""
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
    return faults + _protection(values) + _dangling(values, kinds)


def _protection(values: dict) -> list[str]:
    """What the protection of counts by small area follows from: one thing, and a secret one."""
    given = values.get("protection")
    pages = values.get("pages") if isinstance(values.get("pages"), dict) else {}
    moved = [
        name for name, page in pages.items()
        if isinstance(page, dict) and page.get("deaths") in COUNTED_FROM
    ]  # fmt: skip
    if given is None and moved:
        return [
            f"protection: is missing, and pages.{moved[0]} counts by small area: give the secret "
            "from which it follows which deaths are moved"
        ]
    if not isinstance(given, dict):
        return []
    known = {field for field, value in given.items() if value is not None}
    faults = []
    if not known or {"secret", "seed"} <= known:
        faults.append("protection: needs secret or seed, not both, or moved_before")
    if values.get("data") == "records" and "seed" in known:
        faults.append(
            "protection.seed: who knows it can undo the protection of real deaths; give secret, "
            "the path of a file outside the project"
        )
    return faults


def _dangling(values: dict, kinds: dict) -> list[str]:
    """Pages that need deaths, a population or an input which the file does not define."""
    inputs = values.get("inputs") if isinstance(values.get("inputs"), dict) else {}
    counted = {*kinds, *(kind for kind, of in COUNTED_FROM.items() if of in kinds)}
    known = {"deaths": counted, "population": inputs.get("populations") or {}}
    pages = values.get("pages") if isinstance(values.get("pages"), dict) else {}
    without_years_before = [
        f"inputs.weekly: is missing, and pages.{name} compares with the years before"
        for name, page in pages.items()
        if isinstance(page, dict) and page.get("deaths") == "weekly" and not inputs.get("weekly")
    ]
    return without_years_before + [
        f"pages.{name}.{field}: {page[field]!r} is not defined in this file"
        for name, page in pages.items()
        if isinstance(page, dict)
        for field, names in known.items()
        if field in page and page[field] not in names
    ]


def _are_dates(*values: Any) -> bool:
    return all(isinstance(value, date) for value in values)
