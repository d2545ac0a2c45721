"""What a person sees while editions run: steps with their times, a bar for every page.

On a terminal the bars move; in a log each step and each page is one line when it has ended.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from analysis.run.pages import PageEvent


class Screen:
    """Shows the steps of a run and the progress of its pages; a context manager."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._bars = Progress(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}
        self._begun = time.monotonic()

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    @contextmanager
    def step(self, words: str) -> Iterator[None]:
        """Show one step while it lasts, and how long it took."""
        begun, task = time.monotonic(), self._bars.add_task(words, total=None)
        try:
            yield
        finally:
            self._bars.remove_task(task)
        self._say(f"{words}: {time.monotonic() - begun:.1f} s")

    def page(self, event: PageEvent) -> None:
        """Move the bar of a page; say so when it has ended."""
        if event.name not in self._tasks:
            self._tasks[event.name] = self._bars.add_task(event.name, total=event.cells)
        self._bars.update(self._tasks[event.name], completed=event.done)
        if event.state in {"done", "failed"}:
            self._bars.remove_task(self._tasks[event.name])
            self._say(f"page {event.name}: {event.state}, {event.seconds:.1f} s")

    def done(self) -> None:
        """Say how long everything took."""
        self._say(f"in all: {time.monotonic() - self._begun:.1f} s")

    def _say(self, words: str) -> None:
        self._bars.console.print(words, markup=False, soft_wrap=True)
