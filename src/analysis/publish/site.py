"""Pages of the site that belong to no edition: the index of editions, and what leads to the latest.

They ask nothing of another host and need no script.
"""

from collections.abc import Sequence
from functools import cache
from html import escape
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

BRAND = "Mortality bulletin"


def index_page(editions: Sequence[dict[str, Any]]) -> str:
    """Return the HTML of the index of editions, of which the first is the latest."""
    return _template("site-index.html").render(brand=BRAND, latest=editions[0], editions=editions)


def redirect_page(to: str, title: str) -> str:
    """Return a page that leads to ``to``, with a link for readers who are not led."""
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n"
        f'<link rel="canonical" href="{escape(to)}">\n'
        f'<meta http-equiv="refresh" content="0; url={escape(to)}">\n</head>\n'
        f'<body><p>The latest edition: <a href="{escape(to)}">{escape(title)}</a>.</p></body>\n'
        f"</html>\n"
    )


@cache
def _template(name: str) -> Template:
    loader = PackageLoader("analysis.publish", "templates")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return environment.get_template(name)
