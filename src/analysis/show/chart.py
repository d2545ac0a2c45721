"""A chart: a picture, the words that stand for it, and a digest of the data in it.

A chart is made from a protected table only, by the functions of show/charts.py, and holds the
finished picture, never the data.
"""

import base64
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from analysis.show.svg import tidy

# A browser slows down on a drawing of more marks than this; a photograph of it does not.
MOST_MARKS = 5_000
_PNG_DPI = 192  # twice the pixels of the page, for sharp screens


@dataclass(frozen=True)
class Chart:
    """A picture that a page may show.

    ``picture`` is SVG text, or the bytes of a PNG where there are more than 5,000 marks.
    ``digest`` is of the data behind the picture: it changes with any value of them. ``drawn`` says
    where they were read (``Drawn.read``).
    """

    name: str
    caption: str
    alt: str
    digest: str
    picture: str | bytes
    drawn: tuple[dict[str, object], ...] = ()

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        """Return the picture and its words for a notebook, with the mark of what may be shown."""
        words = {"text/plain": f"{self.alt}\n[chart {self.name}, data {self.digest}]"}
        if isinstance(self.picture, str):
            data = {"image/svg+xml": self.picture, **words}
        else:
            data = {"image/png": base64.b64encode(self.picture).decode("ascii"), **words}
        about = {
            "kind": "chart",
            "name": self.name,
            "caption": self.caption,
            "alt": self.alt,
            "digest": self.digest,
            "drawn": list(self.drawn),
        }
        return data, {"bulletin": about}

    def __repr__(self) -> str:
        return f"Chart({self.name!r}, data {self.digest})"


def finish(
    figure: Figure, name: str, caption: str, alt: str, data: str, marks: int,
    drawn: Sequence[dict[str, object]] = (),
) -> Chart:  # fmt: skip
    """Return the chart of a finished figure.

    Parameters
    ----------
    figure
        Drawn under ``house_style``.
    name, caption, alt
        The words of the chart.
    data
        All that the picture shows, as text: the digest is made of it.
    marks
        Number of marks: above 5,000 the picture is a PNG.
    drawn
        Where the values that the picture shows were read (``Drawn.read``).
    """
    picture = png(figure) if marks > MOST_MARKS else svg(figure, name, caption, alt)
    return Chart(
        name=name,
        caption=caption,
        alt=alt,
        digest=digest_of(data),
        picture=picture,
        drawn=tuple(drawn),
    )


def digest_of(data: str) -> str:
    """Return the digest of what a chart draws."""
    return hashlib.sha256(data.encode("utf-8")).hexdigest()[:16]


def svg(figure: Figure, name: str, title: str, description: str) -> str:
    """Return the figure as SVG, without date or software in it."""
    drawing = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    FigureCanvasSVG(figure).print_svg(drawing, metadata=nothing)
    return tidy(drawing.getvalue(), name, title, description)


def png(figure: Figure) -> bytes:
    """Return the figure as PNG, without software in it."""
    figure.set_dpi(_PNG_DPI)
    picture = io.BytesIO()
    FigureCanvasAgg(figure).print_png(picture, metadata={"Software": None})
    return picture.getvalue()
