"""A chart of a table in which no value is shown: it says so, in place of the picture.

An edition with few deaths may withhold every rate of a group. The page stays a page.
"""

from collections.abc import Callable
from functools import wraps

from analysis.errors import DisclosureError
from analysis.show.chart import Chart, finish
from analysis.show.sheet import Sheet
from analysis.show.style import MARGIN, house_style

WORDS = "No value is shown: there were too few deaths in every group."
NOT_APPLICABLE = "No value is shown: none applies to the period of this edition."


class NothingShown(DisclosureError):
    """A table has no value that a chart could draw; ``words`` say why."""

    def __init__(self, message: str, name: str, title: str, words: str = WORDS) -> None:
        super().__init__(message)
        self.name, self.title, self.words = name, title, words


def or_words(draw: Callable[..., Chart]) -> Callable[..., Chart]:
    """Return ``draw`` with words as its picture where the table shows no value at all."""

    @wraps(draw)
    def drawn(*arguments: object, **options: object) -> Chart:
        try:
            return draw(*arguments, **options)
        except NothingShown as nothing:
            name = options.get("name") or f"{nothing.name}-chart"
            caption = options.get("caption") or nothing.title
            words = nothing.words
        with house_style():
            sheet = Sheet(height=64)
            sheet.text(MARGIN, 36, words)
            return finish(sheet.figure, name, caption, f"{caption}. {words}", data=words, marks=0)

    return drawn
