"""Pages of the site that belong to no edition: the index, downloads, the feed, and redirections.

They ask nothing of another host and need no script.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

BRAND = "Mortality bulletin"


def index_page(editions: Sequence[Mapping[str, Any]]) -> str:
    """Return the HTML of the index of editions, of which the first is the latest."""
    return _template("site-index.html").render(
        brand=BRAND,
        title=f"{BRAND}: all editions",
        root="",
        latest=editions[0],
        editions=editions,
    )


def data_page(edition: Mapping[str, Any], files: Sequence[Mapping[str, Any]]) -> str:
    """Return the HTML that lists the downloads of an edition: name, bytes and SHA-256 of each."""
    return _template("site-data.html").render(
        brand=BRAND,
        title=f"Downloads of {edition['edition']}: {BRAND}",
        root="../../",
        edition=edition,
        files=files,
    )


def feed(editions: Sequence[Mapping[str, Any]]) -> str:
    """Return an Atom feed of the editions, of which the first is the latest.

    Ids depend on the names of the editions alone: the site does not know where it will stand.
    """
    return _template("feed.xml").render(brand=BRAND, editions=editions, urn=_urn)


def redirect_page(to: str, title: str) -> str:
    """Return a page that leads to ``to``, with a link for readers who are not led.

    A script keeps the place on the page that an address may name, such as a table that was built.
    """
    script = f"location.replace({json.dumps(to)} + location.hash)"
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n"
        f'<link rel="canonical" href="{escape(to)}">\n'
        f"<script>{script}</script>\n"
        f'<noscript><meta http-equiv="refresh" content="0; url={escape(to)}"></noscript>\n</head>\n'
        f'<body><p>The latest edition: <a href="{escape(to)}">{escape(title)}</a>.</p></body>\n'
        f"</html>\n"
    )


def _urn(edition: str) -> str:
    return uuid5(NAMESPACE_URL, f"mortality-bulletin/{edition}").urn


@cache
def _template(name: str) -> Template:
    loader = PackageLoader("analysis.publish", "templates")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return environment.get_template(name)
