"""Requests that no table answers: whose kind is never shown, too detailed, too large, of no use."""

import pandas as pd

from analysis.disclosure.rules import Kind, rule_set
from analysis.errors import DisclosureError
from analysis.tables.request import Request

RULES = "strict"
# Cells of a table at most, totals included.
MOST_CELLS = 50_000


class Refused(DisclosureError):
    """No safe table answers the request as it stands; ``reason`` says why, in a sentence."""

    def __init__(self, request: Request, reason: str):
        super().__init__(f"bulletin table {request.options()}: refused.\n{reason}")
        self.reason = reason


def rule_of(request: Request, rules: str = RULES) -> Kind:
    """Return the rule of a request.

    Raises
    ------
    Refused
        Such tables are never shown, or it has more detail than its kind may have.
    """
    geography, period, details = request.kind
    words = f"by {geography.replace('_', ' ')} and {period}"
    try:
        kind = rule_set(rules).family.kind(geography, period)
    except DisclosureError as fault:
        raise Refused(request, str(fault)) from None
    if kind.method == "coarsen":
        raise Refused(request, f"No table {words} is shown: {kind.reason}.")
    if details > kind.details:
        raise Refused(
            request,
            f"A table {words} may have {kind.details} further dimensions, and this has {details}.",
        )
    return kind


def small_share(deaths: pd.DataFrame, rule: Kind) -> float:
    """Return the per cent of deaths in counts that are too small to be shown."""
    small = deaths["numerator"] < rule.smallest_count
    return float(100 * deaths.loc[small, "numerator"].sum() / max(deaths["numerator"].sum(), 1))


def require_size(request: Request, cells: int) -> None:
    """Refuse a request of more cells than can be protected in a few minutes."""
    if cells > MOST_CELLS:
        raise Refused(request, "It has more cells than can be protected together.")


def require_useful(request: Request, rule: Kind, share: float) -> None:
    """Refuse a request of which more than the rule allows would be withheld.

    How much that is is not said: of few deaths, it would tell how many are in the small counts.
    """
    if share > rule.most_withheld:
        raise Refused(
            request,
            f"More than {rule.most_withheld:.0f}% of the deaths would be withheld, and such a "
            "table says little.",
        )


def require_total(request: Request, shown: bool) -> None:
    """Refuse a request whose total cannot be shown: none, few, or withheld in another table.

    Which of these it is is not said; nor is the part that is withheld, which would tell the total.
    """
    if not shown:
        raise Refused(
            request,
            "Its total cannot be shown: no deaths are counted, or too few, or it would give away "
            "a count that another table withholds.",
        )
