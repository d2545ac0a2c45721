"""Charts over an ordered axis: deprivation, age, months, and any other line."""

from analysis.show import words
from analysis.show.chart import Chart, finish
from analysis.show.curve_marks import draw_curves
from analysis.show.curve_words import curve_alt, milestones
from analysis.show.curves import Curves
from analysis.show.drawn import drawn_rows
from analysis.show.style import house_style


def gradient(
    table: object,
    x: str,
    colour: str | None = "sex",
    panel: str | None = None,
    measure: str = "asmr",
    unit: str | None = None,
    caption: str | None = None,
    name: str | None = None,
) -> Chart:
    """Return a gradient of a rate over deprivation, with intervals.

    Parameters
    ----------
    table
        A protected table; ``x``, ``colour`` and ``panel`` must tell its rows apart.
    x
        Ordered groups, such as ``imd_decile``.
    colour
        Column with a series for each of its values, each with a colour and a marker.
    panel
        Column with a panel for each of its values, such as ``month``; all on one scale.
    measure
        Measure to draw; its limits, where the table has them, are drawn as a line.
    unit
        Words of the value axis, instead of those of the measure.
    caption, name
        Caption (the table's title by default) and id (the table's name and ``-chart``).

    Raises
    ------
    DisclosureError
        Not a protected table, columns that are missing or do not tell rows apart, no value shown.
    """
    drawn = drawn_rows(table, measure, _groups(x, colour, panel))
    curves = Curves(drawn, x, colour, panel, unit or words.unit_words(measure))
    return _chart(curves, curve_alt(curves, "Chart"), caption, name)


def by_age(
    table: object,
    colour: str | None = "sex",
    panel: str | None = None,
    x: str = "age_band",
    measure: str = "age_specific_rate",
    unit: str | None = None,
    caption: str | None = None,
    name: str | None = None,
) -> Chart:
    """Return age-specific rates on a logarithmic scale, with intervals.

    A rate of 0 has no place on such a scale: it is left out and counted below the chart. An
    interval that reaches down to 0 is drawn to the foot of the chart. Parameters and errors are
    those of ``gradient``.
    """
    drawn = drawn_rows(table, measure, _groups(x, colour, panel))
    positive = drawn.keep(drawn.rows[drawn.rows["value"] > 0], "with no deaths")
    unit = f"{unit or words.unit_words(measure)}, logarithmic scale"
    curves = Curves(positive, x, colour, panel, unit, log=True, height=280)
    return _chart(curves, curve_alt(curves, "Chart"), caption, name)


def months(
    table: object,
    x: str = "month",
    colour: str | None = "sex",
    panel: str | None = None,
    measure: str = "asmr",
    unit: str | None = None,
    caption: str | None = None,
    name: str | None = None,
) -> Chart:
    """Return a value by month, with intervals; parameters and errors are those of ``gradient``."""
    return gradient(table, x, colour, panel, measure, unit, caption, name)


def lines(
    table: object,
    x: str,
    measure: str,
    colour: str | None = None,
    panel: str | None = None,
    unit: str | None = None,
    caption: str | None = None,
    name: str | None = None,
) -> Chart:
    """Return a line over weeks, days or any ordered column, with a band where there are limits.

    Parameters and errors are those of ``gradient``.
    """
    drawn = drawn_rows(table, measure, _groups(x, colour, panel))
    curves = Curves(drawn, x, colour, panel, unit or words.unit_words(measure))
    return _chart(curves, curve_alt(curves, "Line chart"), caption, name)


def delays(
    table: object,
    x: str = "delay",
    colour: str | None = None,
    measure: str = "share",
    unit: str = "Per cent of deaths registered",
    caption: str | None = None,
    name: str | None = None,
) -> Chart:
    """Return the cumulative share of deaths that are registered by days since death.

    Parameters
    ----------
    table
        A protected table with a row per day ``x`` (a number of days) and ``colour``; the measure
        is cumulative, in per cent.
    colour
        Column with a series for each of its values, such as ``place_of_death``.

    Other parameters and errors are those of ``gradient``.
    """
    drawn = drawn_rows(table, measure, _groups(x, colour))
    curves = Curves(drawn, x, colour, None, unit, steps=True)
    parts = [f"Step chart of the {words.lower_first(unit)}, by days since death."]
    parts += [milestones(curves, group) for group in curves.looks]
    alt = " ".join([*parts, words.reliability(drawn)]).strip()
    return _chart(curves, alt, caption, name)


def _groups(*columns: str | None) -> list[str]:
    return [column for column in columns if column]


def _chart(curves: Curves, alt: str, caption: str | None, name: str | None) -> Chart:
    drawn = curves.drawn
    with house_style():
        return finish(
            draw_curves(curves).figure,
            name=name or f"{drawn.name}-chart",
            caption=caption or drawn.title,
            alt=alt,
            data=drawn.data(),
            marks=len(drawn.rows),
            drawn=drawn.read,
        )
