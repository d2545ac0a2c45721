"""The command line: one function a verb."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from analysis.errors import BulletinError, PageError, ParamsError

app = typer.Typer(
    name="bulletin",
    help="Make the mortality bulletin: from death registrations to a static site.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
data = typer.Typer(help="Make, fetch and check the input data.", no_args_is_help=True)
app.add_typer(data, name="data")

ParamsFile = Annotated[Path, typer.Argument(help="Parameter file, such as params/demo-….yml")]
ParamsFiles = Annotated[list[Path], typer.Argument(help="Parameter files, one an edition.")]
INTERRUPTED = 130  # by Ctrl+C
Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])]


def main() -> None:
    """Run the command line; a fault of the input ends it with its message and its exit code."""
    from analysis.run.garbage import collect_less, end

    collect_less()
    try:
        app()
    except SystemExit as done:  # every command ends with one
        if done.code == INTERRUPTED:
            print("bulletin: interrupted. The site is as it was before.", file=sys.stderr)  # noqa: T201
        end(int(done.code or 0))
    except BulletinError as fault:
        print(f"bulletin: {fault}", file=sys.stderr)  # noqa: T201
        end(fault.exit_code)
    except OSError as fault:
        if fault.errno not in {28, 122}:  # disk full, quota exceeded
            raise
        print(f"bulletin: {fault.strerror}.\nFree some space and run it again.", file=sys.stderr)  # noqa: T201
        end(BulletinError.exit_code)


@app.command()
def run(
    params: ParamsFiles,
    workers: Annotated[int, typer.Option(help="Pages run at once; 0: one a processor.")] = 0,
) -> None:
    """Run editions, from records to their pages, and publish them on the site."""
    from analysis.params import load_edition, project_root
    from analysis.run.kernels import warm_kernels

    wanted, root = [load_edition(path) for path in params], project_root()
    warm_kernels("analysis.publish.preload")  # what follows is imported while the kernels warm up
    from analysis.publish.bulletin import make_bulletin
    from analysis.run.lock import only_run
    from analysis.run.screen import Screen

    with only_run(root), Screen() as screen:
        made = make_bulletin(wanted, root, screen, workers)
    for edition, failed in made.failures.items():
        for result in failed:
            typer.echo(f"{edition}, page {result.name} failed.\n{result.error}\n", err=True)
    if made.failures:
        pages = sum(map(len, made.failures.values()))
        raise PageError(f"{pages} pages failed, named above. The site is as it was before.")
    for edition in made.kept_out:
        typer.echo(
            f"{edition}: made from records, kept out of the site. It is in _build/{edition}/html/"
        )
    if made.site:
        typer.echo(f"\nThe site is {made.site}\nTo read it in a browser: {_command()} serve")


@app.command()
def count(params: ParamsFiles) -> None:
    """Count the records of editions, and stop there: what nbval needs."""
    from analysis.params import load_edition, project_root
    from analysis.run.asking import answer_edition
    from analysis.run.lock import only_run
    from analysis.run.plan import count_edition
    from analysis.run.shared import Shared

    wanted, root = [load_edition(path) for path in params], project_root()
    with only_run(root), Shared(root) as shared:
        for edition in sorted(wanted, key=lambda each: each.registered_by):
            fresh = [step(edition, root, shared) for step in (count_edition, answer_edition)]
            typer.echo(f"{edition.edition}: {'counted' if any(fresh) else 'counts are up to date'}")


@app.command()
def notebooks(params: ParamsFile) -> None:
    """Run the pages with the values in their own cells, and keep the outputs in notebooks/."""
    from analysis.params import load_edition, project_root
    from analysis.run.refresh import refresh_notebooks

    for name in refresh_notebooks(load_edition(params), project_root()):
        typer.echo(f"notebooks/{name}.ipynb")


@app.command()
def new(
    from_: Annotated[Path, typer.Option("--from", help="Parameter file to start from.")],
    registered_by: Day,
) -> None:
    """Write the parameter file of the next edition: a later cut-off, the rest as before."""
    from analysis.params import as_yaml, load_edition, next_edition
    from analysis.run.plan import write_whole

    params = next_edition(load_edition(from_), registered_by.date())
    path = from_.with_name(f"{params.edition}.yml")
    if path.exists():
        raise BulletinError(f"{path}: there is such an edition already.\nDelete it to start again.")
    write_whole(path, f"# Made from {from_.name} on a new cut-off.\n{as_yaml(params)}")
    typer.echo(
        f"{path}\nCheck the dates in it (the next release is to be announced), then: "
        f"bulletin run {path}"
    )


@app.command()
def editions() -> None:
    """List the editions, and how far each has come."""
    from rich.console import Console
    from rich.table import Column, Table

    from analysis.params import load_edition, project_root

    root = project_root()
    whole = (Column(name, no_wrap=True) for name in ("Edition", "Data", "Cut-off", "Release"))
    table, faults = Table(*whole, "Counted", "On the site"), []
    for path in sorted((root / "params").glob("*.yml")):
        try:
            params = load_edition(path)
        except ParamsError as fault:
            faults.append(str(fault))
            continue
        counted = (root / "_build" / params.edition / "counts" / "inputs.json").is_file()
        published = (root / "site" / "editions" / params.edition / "index.html").is_file()
        table.add_row(
            params.edition, params.data, str(params.registered_by), str(params.release.date),
            "yes" if counted else "no", "yes" if published else "no",
        )  # fmt: skip
    Console().print(table)
    if faults:
        raise ParamsError("\n".join(faults))


@app.command()
def attack(
    editions: Annotated[list[str] | None, typer.Argument(help="Editions; default: all.")] = None,
) -> None:
    """Attack editions on the site as a reader could, each with all that was public before it."""
    from analysis.params import project_root
    from analysis.publish.attack_site import attack_site

    for done in attack_site(project_root(), editions or ()):
        narrow = (
            f", narrowest range of a small one {done.narrowest:g}" if done.narrowest >= 0 else ""
        )
        typer.echo(
            f"{done.edition}: {done.tables} tables, {done.cells:,} rows, {done.withheld:,} cells "
            f"withheld{narrow}, leaks: none, {done.seconds:.1f} s"
        )


@app.command()
def table(
    params: ParamsFile,
    by: Annotated[str, typer.Option(help="Columns, such as death_date,rgn20cd,sex.")],
    where: Annotated[
        list[str] | None, typer.Option(help="Filter: column=code, or column=code|code.")
    ] = None,
    deaths: Annotated[str, typer.Option(help="Kind of deaths of the edition.")] = "area",
    measure: Annotated[str, typer.Option(help="counts, or asmr for counts and rates.")] = "counts",
    out: Annotated[Path, typer.Option(help="CSV file to write, or to replace.")] = Path(
        "table.csv"
    ),
) -> None:
    """Give out a table by any columns of the records, protected; or name the nearest safe ones.

    A filter of days, weeks or months gives a row for each of them, and no sum over them.

    \b
    Columns: death_date death_week month | registration_date week | lsoa11cd msoa11cd lad20cd
    rgn20cd ctry20cd | imd_decile | wimd_quintile | sex | age_band age_group | covid19 cause |
    icd10_underlying icd10_chapter | place_of_death | soc2010 soc2010_minor soc2010_submajor
    soc2010_major | ethnic_group | religion | certified_by. One of each group at most.
    """
    from functools import partial

    from analysis.params import load_edition, project_root
    from analysis.publish.attack_site import attack_asked
    from analysis.run.custom import asked_for, give_table

    edition, root = load_edition(params), project_root()
    columns = [column.strip() for column in by.split(",") if column.strip()]
    wanted = asked_for(edition, columns, where or [], deaths, measure)
    given = give_table(edition, root, wanted, out, partial(attack_asked, root, edition))
    if given.made is None:
        typer.echo(f"{given.path}: the same table as was given out before, {given.name}.")
        return
    frame = given.made.table.frame
    typer.echo(
        f"{given.path}: {given.made.table.title}.\n{len(frame):,} rows, "
        f"{(frame['numerator_status'] == '[c]').sum():,} withheld "
        f"({given.made.withheld:.1f}% of the deaths). Rule: {given.made.table.rules}.\n"
        f"Entered in the ledger as {given.name}."
    )


@app.command()
def serve(port: Annotated[int, typer.Option(min=1, max=65535)] = 8000) -> None:
    """Serve the site on this machine alone."""
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    from analysis.params import project_root

    site = project_root() / "site"
    if not (site / "index.html").is_file():
        raise BulletinError("site/: there is no site yet.\nMake one with: make bulletin")
    handler = partial(SimpleHTTPRequestHandler, directory=str(site))
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as fault:
        raise BulletinError(f"Port {port}: {fault.strerror}.\nTry --port {port + 1}.") from None
    typer.echo(f"The bulletin is at http://127.0.0.1:{port}/ (stop it with Ctrl+C)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


@data.command()
def demo(
    folder: Annotated[Path | None, typer.Option(help="Default: data/raw/demo")] = None,
    size: Annotated[float, typer.Option(min=0.005, max=1.0, help="1 is England and Wales.")] = 1.0,
    seed: int = 2020,
) -> None:
    """Make the demonstration data: invented, of the size of England and Wales."""
    from analysis.params import project_root
    from analysis.synthesis.demonstration import make_demonstration

    folder = folder or project_root() / "data" / "raw" / "demo"
    about = make_demonstration(folder, size=size, seed=seed)
    typer.echo(f"{folder}: {about['rows']['records']:,} invented records. {about['note']}")


@data.command()
def check(params: ParamsFile) -> None:
    """Check the records of an edition, and say what is kept, flagged and excluded, and why."""
    from rich.console import Console
    from rich.table import Table

    from analysis.params import load_edition, project_root
    from analysis.run.plan import check_edition

    report, kept_out = check_edition(load_edition(params), project_root())
    table = Table("Rule", "Treatment", "Records")
    for row in report.itertuples(index=False):
        table.add_row(row.rule, row.severity, f"{row.records:,}")
    Console().print(table)
    if kept_out:
        typer.echo(f"Columns that the layout does not know, kept out: {', '.join(kept_out)}")


@data.command()
def fetch(
    mirror: Annotated[Path | None, typer.Option(help="Folder that holds the files.")] = None,
) -> None:
    """Fetch the published files of data/raw/SOURCES.yml, checked; or copy them from a mirror."""
    from analysis.ingest.fetch import fetch as fetch_files
    from analysis.params import project_root

    raw = project_root() / "data" / "raw"
    got = fetch_files(
        raw / "SOURCES.yml", raw / "open" / "published", mirror,
        progress=lambda path, state: typer.echo(f"{state}: {path}"),
    )  # fmt: skip
    typer.echo(f"{len(got)} files, {got['bytes'].sum() / 1e6:.0f} MB, all as listed.")


@data.command()
def synthesise(seed: int = 2020) -> None:
    """Make the open data: invented records that agree with the published totals."""
    from analysis.params import project_root
    from analysis.synthesis.open_data import synthesise as make_open_data

    folder = project_root() / "data" / "raw" / "open"
    report = make_open_data(folder / "published", folder, seed, progress=typer.echo)
    for source, margins in report.groupby("source", sort=False):
        typer.echo(f"\n{source}")
        for row in margins.itertuples(index=False):
            typer.echo(
                f"  {row.agreement:<7} {row.margin}: {row.cells_equal:,} of {row.cells:,} figures "
                f"equal, largest difference {row.largest_difference:,}"
            )
    typer.echo("\nWhere sources disagree:")
    for note in report["note"].dropna().loc[lambda notes: notes != ""].unique():
        typer.echo(f"  {note}")


def _command() -> str:
    """The command as it was typed, so that what is printed can be pasted."""
    return sys.argv[0] if "/" in sys.argv[0] else "bulletin"
