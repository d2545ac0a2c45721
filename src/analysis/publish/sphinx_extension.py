"""A Sphinx extension: formulae without scripts, and the edition on every page.

Formulae become MathML, which browsers draw themselves. Each page gets the edition's release
details, from the configuration value ``bulletin``, through the templates beside this file. The
directive ``build-table`` is the place where readers build tables of their own.
"""

from html import escape
from pathlib import Path

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html import HTMLTranslator

from analysis.publish.cubes import place_builder
from analysis.publish.find import place_searches

TEMPLATES = Path(__file__).parent / "templates"
_FOREIGN = ("http://", "https://", "//")


def setup(app: Sphinx) -> dict[str, bool | str]:
    """Register the extension with Sphinx."""
    app.add_config_value("bulletin", {}, "html", dict)
    app.add_html_math_renderer(
        "mathml", inline_renderers=(_inline, None), block_renderers=(_block, None)
    )
    app.add_directive("build-table", BuildTable)
    app.connect("config-inited", _add_templates)
    app.connect("doctree-read", _drop_absent_cards)
    app.connect("missing-reference", _name_absent_page)
    # After the extensions that add scripts.
    app.connect("html-page-context", _drop_foreign_files, priority=900)
    app.connect("html-page-context", _drop_builder, priority=900)
    app.connect("html-page-context", _name_toggles, priority=900)
    app.connect("html-page-context", _add_searches, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


class BuildTable(SphinxDirective):
    """The place where readers build tables from the cubes of the edition."""

    def run(self) -> list[nodes.Node]:
        """Return the list of ready tables, which a script turns into the builder."""
        cubes = self.config.bulletin.get("cubes", ())
        return [nodes.raw("", place_builder(cubes), format="html")]


def _add_templates(app: Sphinx, config: Config) -> None:
    config.templates_path.append(str(TEMPLATES))
    config.html_context = {**config.html_context, "bulletin": config.bulletin}


def _drop_absent_cards(app: Sphinx, tree: nodes.document) -> None:
    """A card that leads to a page that this edition does not have is not shown."""
    absent = app.config.bulletin.get("absent", {})
    for link in list(tree.findall(pending_xref)):
        card = link.parent
        while card is not None and "sd-col" not in card.get("classes", []):
            card = card.parent
        if link.get("reftarget") in absent and card is not None:
            card.parent.remove(card)


def _name_absent_page(
    app: Sphinx, environment: object, link: pending_xref, words: nodes.TextElement
) -> nodes.Node | None:
    """Words that lead to a page that this edition does not have are its title, and no link."""
    title = app.config.bulletin.get("absent", {}).get(link.get("reftarget"))
    if link.get("reftype") != "doc" or title is None:
        return None
    return words if link.get("refexplicit") else nodes.inline(title, title)


def _drop_foreign_files(app: Sphinx, page: str, template: str, context: dict, tree: object) -> None:
    """A page asks nothing of another host, whatever an extension would like to load."""
    for kind in ("script_files", "css_files"):
        files = context.get(kind, [])
        files[:] = [file for file in files if not _name(file).startswith(_FOREIGN)]


def _drop_builder(app: Sphinx, page: str, template: str, context: dict, tree: object) -> None:
    """Only the page on which tables are built loads the script that builds them."""
    if '<div class="bulletin-build">' not in context.get("body", ""):
        files = context.get("script_files", [])
        files[:] = [file for file in files if _name(file) != "_static/build.js"]


def _name_toggles(app: Sphinx, page: str, template: str, context: dict, tree: object) -> None:
    """What hides code is called what it shows ("Show code"), also to who cannot see it."""
    if "body" in context:
        context["body"] = context["body"].replace(' aria-label="Toggle hidden content"', "")


def _add_searches(app: Sphinx, page: str, template: str, context: dict, tree: object) -> None:
    """A table that shows a part of a long download has a search over the whole of it."""
    if "body" in context:
        context["body"] = place_searches(context["body"], app.config.bulletin.get("searches", ()))


def _name(file: object) -> str:
    return str(getattr(file, "filename", file) or "")


def _inline(self: HTMLTranslator, node: nodes.math) -> None:
    self.body.append(convert(node.astext()))
    raise nodes.SkipNode


def _block(self: HTMLTranslator, node: nodes.math_block) -> None:
    source = node.astext()
    number, label = "", ""
    if node["number"]:
        number = f'<span class="eqno">({get_node_equation_number(self, node)})</span>'
        label = f' id="{escape(node["ids"][0])}"' if node["ids"] else ""
    formula = convert(source, display="block")
    self.body.append(f'<div class="math"{label} tabindex="0">{number}{formula}</div>')
    raise nodes.SkipNode
