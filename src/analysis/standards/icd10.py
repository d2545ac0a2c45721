"""ICD-10: its chapters, ranges of codes, and the codes of COVID-19.

Codes are written as registrations hold them, without a dot: ``U071``, ``C349``, ``I64``. Nothing
here says whether a code exists; it says where a code belongs.
"""

from functools import cache
from importlib import resources

import pandas as pd

# Emergency codes of COVID-19: virus identified, not identified; later, the condition after
# COVID-19 and the multisystem inflammatory syndrome. WHO, ICD-10 emergency use updates 2020.
COVID19_CODES = ("U071", "U072", "U099", "U109")

# A letter, two digits, and at most two more: what a cause looks like once dots and padding are off.
CODE_PATTERN = "^[A-Z][0-9]{2}[0-9]{0,2}$"


@cache
def icd10_chapters() -> pd.DataFrame:
    """Return the chapters of ICD-10 as ranges of three-character categories.

    Returns
    -------
    DataFrame
        One row per range, in the order of the classification: ``chapter`` (Roman numeral),
        ``first`` and ``last`` category, both included, and ``title``. Chapters XX and XXII have
        two ranges each, since ONS counts U50 with external causes.

    References
    ----------
    World Health Organization, International Statistical Classification of Diseases and Related
    Health Problems, 10th revision, 2019 version.
    """
    file = resources.files(__package__).joinpath("icd10_chapters.csv")
    with file.open(encoding="utf-8") as text:
        return pd.read_csv(text, comment="#", dtype="str")


def chapter_titles() -> dict[str, str]:
    """Return the title of each of the 22 chapters, by Roman numeral, in order."""
    return dict(zip(icd10_chapters()["chapter"], icd10_chapters()["title"], strict=True))


def code_ranges(codes: str) -> list[tuple[str, str]]:
    """Return the first and last category of each range in ``codes``.

    Parameters
    ----------
    codes
        Ranges as tables of causes print them: ``"J09-J18, J40, U50"``. The ends may have three
        or four characters and are both included.

    Returns
    -------
    list of (first, last)
        A code ``c`` is in a range if ``first <= c[:len(first)]`` and ``c[:len(last)] <= last``.
    """
    pairs = [part.strip().replace(".", "").partition("-") for part in codes.split(",")]
    return [(first.strip(), last.strip() or first.strip()) for first, _, last in pairs]
