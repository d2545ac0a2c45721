"""Charts over an ordered axis: deprivation, age, months, and any other line."""

from analysis.show import words
from analysis.show.chart import Chart, finish
from analysis.show.curves import Curves, curve_sentences, draw_curves
from analysis.show.drawn import Drawn, drawn_rows
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
    return _chart(curves, "Chart", caption, name)


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
    unit = unit or words.unit_words(measure)
    curves = Curves(positive, x, colour, panel, f"{unit}, logarithmic scale", log=True, height=290)
    return _chart(curves, "Chart on a logarithmic scale", caption, name)


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
    return _chart(curves, "Line chart", caption, name)


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
    with house_style():
        sheet = draw_curves(curves)
        parts = [f"Step chart of the {unit[:1].lower()}{unit[1:]}, by days since death."]
        parts += [_milestones(curves, group) for group in curves.looks]
        return finish(
            sheet.figure,
            name or f"{drawn.name}-chart",
            caption or drawn.title,
            " ".join([*parts, words.reliability(drawn)]).strip(),
            drawn.data(),
            len(drawn.rows),
        )


def _milestones(curves: Curves, group: str) -> str:
    """Say by which day half, and nine in ten, of the deaths are registered."""
    shares = curves.of(curves.drawn.rows, group)["value"].dropna()
    reached = []
    for share in (50, 90):
        if (shares >= share).any():
            reached.append(f"{share}% within {(shares >= share).idxmax():,} days")
    last = f"{words.number(shares.iloc[-1], 'share')}% within {shares.index[-1]:,} days"
    text = words.listed([*reached, last])
    return f"{group}: {text}." if group else f"{text[:1].upper()}{text[1:]}."


def _groups(*columns: str | None) -> list[str]:
    return [column for column in columns if column]


def _chart(curves: Curves, kind: str, caption: str | None, name: str | None) -> Chart:
    drawn: Drawn = curves.drawn
    with house_style():
        sheet = draw_curves(curves)
    unit = curves.unit[:1].lower() + curves.unit[1:]
    across = " and ".join(words.plural(c) for c in (curves.x, curves.colour, curves.panel) if c)
    opening = f"{kind} of the {words.measure_words(drawn.measure)} ({unit}) by {across}."
    alt = " ".join([opening, *curve_sentences(curves), words.reliability(drawn)]).strip()
    with house_style():
        return finish(
            sheet.figure,
            name or f"{drawn.name}-chart",
            caption or drawn.title,
            alt,
            drawn.data(),
            len(drawn.rows),
        )
