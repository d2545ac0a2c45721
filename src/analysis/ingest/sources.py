"""Records as they were delivered: a file, a folder of files, or a table of a database.

Nothing is read here but the first line. Values stay text, so that codes keep their zeros; columns
that the layout does not know are kept out, and can be listed.
"""

from pathlib import Path

import ibis
import ibis.expr.datatypes as dt

from analysis.errors import InputError
from analysis.ingest.engine import connect, reading
from analysis.ingest.headers import PARQUET, file_kind, read_header, record_files
from analysis.ingest.layouts import Layout, layout_names, read_layout


def open_records(source: str | Path | ibis.Table, layout: str) -> ibis.Table:
    """Return the records of ``source``, lazily, in the columns of their supplier.

    Parameters
    ----------
    source
        A CSV file (plain or gzip), a Parquet file, a folder of files of one kind, or a table of
        a database that Ibis is connected to.
    layout
        Name of a layout of the package, or path of a YAML file.

    Returns
    -------
    ibis.Table
        One row per line as delivered, footers included; the columns of the layout and no others,
        under the names of the layout. Values are strings, blank or missing where nothing stands,
        or dates and lists where the source has such types. An optional column that the source
        lacks is there without values.

    Raises
    ------
    InputError
        The source is missing, empty or unreadable, a column is missing or doubled (the message
        names every one, and the layout that fits better), or the layout has faults. A file that
        is damaged further down is found when it is read, by ``check_records``.
    """
    spec = read_layout(str(layout))
    if isinstance(source, ibis.Table):
        return _in_layout(source, _positions(source.columns, spec, "table"), spec)
    files = record_files(Path(source))
    groups: dict[tuple[str, ...], list[Path]] = {}
    for file in files:
        groups.setdefault(tuple(read_header(file, spec)), []).append(file)
    engine = connect()
    parts = []
    for names, paths in groups.items():
        found = _positions(names, spec, paths[0])
        parts.append(_in_layout(_open(engine, paths, names, found, spec), found, spec))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def unknown_columns(source: str | Path | ibis.Table, layout: str) -> list[str]:
    """Return the columns of ``source`` that the layout does not know, which are kept out."""
    spec = read_layout(str(layout))
    if isinstance(source, ibis.Table):
        headers = [source.columns]
    else:
        headers = [read_header(file, spec) for file in record_files(Path(source))]
    known = _spellings(spec)
    extra = [name for names in headers for name in names if _fold(name, spec) not in known]
    return list(dict.fromkeys(extra))


def _positions(names: tuple[str, ...], layout: Layout, where: object) -> dict[str, int]:
    """Return where each column of the layout stands among ``names``; report every fault."""
    spellings = _spellings(layout)
    places: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        folded = _fold(name, layout)
        if folded in spellings:
            places.setdefault(folded, []).append(position)
    doubled = [spellings[name] for name, at in places.items() if len(at) > 1]
    found: dict[str, int] = {}
    for folded, column in spellings.items():  # the layout's own name first, then its aliases
        if folded in places:
            found.setdefault(column, places[folded][0])
    missing = [name for name in layout.required if name not in found]
    if doubled or missing:
        raise _unlike(where, names, layout, missing, doubled)
    return found


def _unlike(
    where: object, names: tuple[str, ...], layout: Layout, missing: list[str], doubled: list[str]
) -> InputError:
    faults = [f"  missing: {', '.join(missing)}"] if missing else []
    faults += [f"  more than once: {', '.join(doubled)}"] if doubled else []
    shares = {name: _share(names, read_layout(name)) for name in layout_names()}
    best = max(shares, key=shares.get)
    reason = "Nobody can say which of the columns of one name is meant."
    if missing:
        reason = "Without them records cannot be told apart or counted."
    advice = "Correct the file, or describe it in a layout of its own."
    if shares[best] > max(0.5, _share(names, layout)):
        advice = (
            f"It has {shares[best]:.0%} of the columns of layout {best}: is that the one meant?"
        )
    return InputError(
        f"{where}: not in layout {layout.name} ({len(missing)} of {len(layout.required)} needed "
        f"columns missing, {len(doubled)} doubled).\n" + "\n".join(faults) + f"\n"
        f"{reason}\n{advice}"
    )


def _share(names: tuple[str, ...], layout: Layout) -> float:
    spellings = _spellings(layout)
    found = {spellings.get(_fold(name, layout)) for name in names}
    return len(found & set(layout.required)) / len(layout.required)


def _spellings(layout: Layout) -> dict[str, str]:
    """Return the column of the layout for each way of writing it, folded."""
    own = {_fold(name, layout): name for name in layout.columns}
    other = {
        _fold(alias, layout): name for name, aliases in layout.aliases.items() for alias in aliases
    }
    return own | other


def _fold(name: str, layout: Layout) -> str:
    return name.strip().upper() if layout.ignore_case else name.strip()


def _open(
    engine: ibis.BaseBackend, paths: list[Path], names: tuple[str, ...], found: dict[str, int],
    layout: Layout,
) -> ibis.Table:  # fmt: skip
    with reading(paths[0]):
        if file_kind(paths[0]) == PARQUET:
            return engine.read_parquet(paths)
        # Names by position: the engine tells no capitals from small letters, a header may.
        return engine.read_csv(
            paths,
            columns={f"column_{position}": "VARCHAR" for position in range(len(names))},
            header=True,
            auto_detect=False,
            delim=layout.csv.delimiter,
            quote=layout.csv.quote,
            escape=layout.csv.quote,
            encoding=layout.csv.encoding,
            # A footer has fewer values than a record; anywhere else a short line is a fault.
            null_padding=layout.footer is not None,
        )


def _in_layout(table: ibis.Table, found: dict[str, int], layout: Layout) -> ibis.Table:
    return table.select(
        **{
            name: _plain(table[table.columns[found[name]]])
            if name in found
            else ibis.null("string")
            for name in layout.columns
        }
    )


def _plain(column: ibis.Column) -> ibis.Column:
    """Return a column as text, but for dates and lists, which stay what they are."""
    kind = column.type()
    if isinstance(kind, dt.Timestamp):
        return column.cast("date")
    if isinstance(kind, dt.Floating):  # whole numbers with blanks among them
        return column.cast("int64").cast("string")
    if isinstance(kind, dt.Array):
        return column.cast("array<string>")
    return column if isinstance(kind, dt.Date | dt.String) else column.cast("string")
