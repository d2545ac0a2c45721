"""Age groups of the weekly releases: those of 2010 to 2019, into which later bands fall."""

from analysis.vocabulary import WEEKLY_AGES


def weekly_age(band: str) -> str | None:
    """Return the age group of a group or of a band of five years; None for anything else.

    ``80-84`` is in ``75-84``, ``1-4`` in ``1-14``, ``90+`` in ``85+``.
    """
    if band in WEEKLY_AGES:
        return band
    first, _, last = band.removesuffix("+").partition("-")
    if not first.isdigit() or not (last.isdigit() or band.endswith("+")):
        return None
    for group in WEEKLY_AGES[1:]:
        low, _, high = group.removesuffix("+").partition("-")
        if int(low) <= int(first) and int(last or 200) <= int(high or 200):
            return group
    return None
