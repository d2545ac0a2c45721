"""Answering what an edition is asked for: the table itself, or the nearest one that is safe."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from analysis.tables.answers import Answer
from analysis.tables.asked import Asked, all_asked
from analysis.tables.making import Made, Source, make_table
from analysis.tables.nearest import is_coarser, nearest_requests
from analysis.tables.protecting import Given
from analysis.tables.refusing import Refused
from analysis.tables.request import Request
from analysis.tables.windows import Window

# Nearest requests that are tried in place of one that is not safe.
TRIED = 3


def make_answers(
    source: Source, windows: Mapping[str, Window], pages: Sequence[str], given: Sequence[Given]
) -> tuple[list[Answer], list[Made]]:
    """Make the tables that the pages of an edition show.

    Parameters
    ----------
    source
        Records, areas and what is printed.
    windows
        Windows of the kinds of deaths of the edition.
    pages
        Its pages; what others would show is left out.
    given
        Tables of earlier releases.
    """
    so_far, answers = _SoFar(source, list(given)), []
    for asked in all_asked():
        if asked.page not in pages or asked.deaths not in windows:
            continue
        request = asked.request(windows[asked.deaths])
        answer, reason = so_far.answer(request, asked)
        answers.append(
            Answer(
                asked.name,
                asked.page,
                asked.letter,
                asked.asked,
                request.options(),
                reason,
                answer.request.options() if answer else "",
                answer.table.name if answer else "",
                answer.table.title if answer else "",
                round(answer.withheld, 1) if answer else 0.0,
            )
        )
    return answers, so_far.made


@dataclass
class _SoFar:
    """The tables made so far: each further one is protected together with them.

    Every further table leaves less that can be shown, so a request that was refused stays so.
    """

    source: Source
    given: list[Given]
    made: list[Made] = field(default_factory=list)
    refused: dict[Request, str] = field(default_factory=dict)

    def answer(self, request: Request, asked: Asked) -> tuple[Made | None, str]:
        """The table of a request, or the nearest one, and the reason why it is not the same.

        One that is made already is nearest, finer or coarser.
        """
        finer = [one for one in self.made if is_coarser(request, one.request)]
        if finer:
            return finer[0], ""
        if found := self._made(request, asked.name):
            return found, ""
        reason = self.refused[request]
        coarser = [one for one in self.made if is_coarser(one.request, request, asked.fixed)]
        if coarser:
            return max(coarser, key=lambda one: len(one.table.frame)), reason
        found = (self._made(one, asked.name) for one in self._nearby(request, asked))
        return next((one for one in found if one), None), reason

    def _nearby(self, request: Request, asked: Asked) -> Iterator[Request]:
        near = nearest_requests(self.source, request, asked.fixed, asked.most, self.refused)
        return islice((one for one in near if one not in self.refused), TRIED)

    def _made(self, request: Request, name: str) -> Made | None:
        """The table of a request; None where it is refused."""
        if request in self.refused:
            return None
        try:
            made = make_table(self.source, request, name, self.given)
        except Refused as fault:
            self.refused[request] = fault.reason
            return None
        self.made.append(made)
        self.given.append(made.as_given())
        return made
