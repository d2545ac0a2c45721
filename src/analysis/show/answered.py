"""What was asked for and what answers it, in words."""

from analysis.show.prose import MARKUP, Prose
from analysis.tables.answers import Answer, Answers


def answered(answers: Answers, page: str) -> Prose:
    """Return each request of a page with the table that answers it, or the reason why none does.

    A line is a request: what was asked, the table and where it is, how much of it is withheld,
    why the finest is not shown, and the command that makes the table from the records.
    """
    return Prose("\n".join(_line(answer) for answer in answers.answers if answer.page == page))


def _line(answer: Answer) -> str:
    letter = f"({answer.letter}) " if answer.letter else ""
    parts = [f"- **{letter}{_plain(answer.asked)}.**"]
    if answer.reason:
        parts.append(f"Not as it was asked: {_plain(_sentence(answer.reason))}")
    if not answer.table:
        return " ".join([*parts, "No coarser table is safe either."])
    words = "The nearest safe table is" if answer.reason else "Answered by"
    link = f'<a href="downloads/{answer.table}.csv" download>{_plain(answer.title)}</a>'
    parts.append(f"{words} {link}, with {answer.withheld:.1f}% of its deaths withheld.")
    parts.append(f"`bulletin table {answer.answer}`")
    return " ".join(parts)


def _sentence(reason: str) -> str:
    text = reason.strip().rstrip(".")
    return f"{text[0].lower()}{text[1:]}."


def _plain(text: str) -> str:
    return MARKUP.sub(r"\\\1", text)
