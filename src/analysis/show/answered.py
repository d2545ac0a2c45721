"""What was asked for and what answers it, in words; and the parts of a table that answers."""

import re
from datetime import date

from analysis.disclosure.table import Table
from analysis.show.prose import MARKUP, Prose
from analysis.tables.answers import Answer, Answers
from analysis.tables.dimensions import TIMES, dimension_of
from analysis.tables.windows import span_of
from analysis.vocabulary import ENGLAND, NON_RESIDENT, WALES

# Where a page shows the table of an answer: a view of it under the name of the table and this.
SHOWN = "-shown"
# Codes that fit over the columns of a page beside names: the major groups of occupation do.
WIDEST = 11
_SMALL_AREAS = re.compile(r"\b[lm]soa\b")
_NO_OCCUPATION = "X"


def answered(answers: Answers, page: str, edition: str) -> Prose:
    """Return each request of a page with the table that answers it, or the reason why none does.

    An entry is a request: what was asked, the table, where it is shown, its download and how much
    of it is withheld, why nothing finer is shown, and the command that makes the table.
    """
    pages = {answer.name: answer.page for answer in answers.answers}
    asked = [answer for answer in answers.answers if answer.page == page]
    return Prose("\n".join(_entry(answer, pages, edition) for answer in asked))


def parts(table: Table, column: str) -> list[str]:
    """Return the codes that a chart shows, in order: parts of the whole that readers can name.

    Left out are the total, those whose group is not known, people who lived elsewhere, and weeks
    and months that the table does not hold in full.
    """
    dimension = dimension_of(column)
    unknown = {dimension.total, dimension.missing, NON_RESIDENT, _NO_OCCUPATION}
    unknown |= {f"{country} {dimension.missing.lower()}" for country in (ENGLAND, WALES)}
    codes = [code for code in dict.fromkeys(table.frame[column]) if code not in unknown]
    if dimension.name not in TIMES or not codes:
        return codes
    first, last = (date.fromisoformat(table.about[end]) for end in ("date_from", "date_to"))
    return [c for c in codes if first <= span_of(c)[0] and span_of(c)[1] <= last]


def fewest(table: Table, *columns: str) -> str:
    """Return the column with the fewest codes, to be spread over the columns of a page.

    Blank where there are too many for the width of a page beside names.
    """
    codes = {column: table.frame[column].nunique() for column in columns}
    least = min(codes, key=codes.get)
    return least if codes[least] <= WIDEST else ""


def _entry(answer: Answer, pages: dict[str, str], edition: str) -> str:
    letter = f"({answer.letter}) " if answer.letter else ""
    lines = [f"- **{letter}{_plain(answer.asked)}**"]
    if answer.table:
        words = "The nearest safe table" if answer.reason else "Given as asked"
        place = f"{pages[answer.table]}.html#{answer.table}{SHOWN}"
        lines.append(
            f'{words}: <a href="{place}">{_plain(answer.title)}</a> '
            f'(<a href="downloads/{answer.table}.csv" download>CSV<span class="visually-hidden">: '
            f"{_plain(answer.title)}</span></a>). {_withheld(answer)}"
        )
    if answer.reason:
        lines.append(f"Why nothing finer: {_sentence(answer.reason)}")
    if not answer.table:
        return "\n  - ".join([*lines, "No coarser table is safe either."])
    return "\n  - ".join([*lines, f"`bulletin table params/{edition}.yml {answer.answer}`"])


def _withheld(answer: Answer) -> str:
    if not answer.withheld:
        return "Less than 0.1% of its deaths are withheld."
    return f"{answer.withheld:.1f}% of its deaths are withheld."


def _sentence(reason: str) -> str:
    text = reason.strip().rstrip(".")
    text = _SMALL_AREAS.sub(lambda area: area[0].upper(), f"{text[0].lower()}{text[1:]}")
    return f"{_plain(text)}."


def _plain(text: str) -> str:
    return MARKUP.sub(r"\\\1", text)
