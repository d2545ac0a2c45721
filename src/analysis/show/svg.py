"""Tidy the SVG that matplotlib writes: named, responsive, small, and the same on every machine."""

import re
from xml.sax.saxutils import escape, quoteattr

# Text is laid out in DejaVu Sans, which is as wide as any of these: nothing is cut off.
_FONTS = (
    "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', "
    "'DejaVu Sans', sans-serif"
)
_PX_PER_PT = 4 / 3


def tidy(svg: str, name: str, title: str, description: str) -> str:
    """Return ``svg`` with a role, a title and a description, and nothing of the machine in it.

    Coordinates are rounded to hundredths of a point, so that the last bits of a processor's
    arithmetic do not show; ids are numbered in order, with ``name`` in front.
    """
    svg = svg[svg.index("<svg") :]
    head, body = re.match(r"(<svg[^>]*>)(.*)</svg>", svg, flags=re.DOTALL).groups()
    width, height = re.search(r'viewBox="0 0 (\S+) ([^"\s]+)"', head).groups()
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", body, count=1, flags=re.DOTALL)
    body = re.sub(r" ?font-family: [^;\"]*;?", "", body)
    body = re.sub(r' transform="rotate\(-?0 [^"]*\)"', "", body)
    body = re.sub(r"<[^>]+>", _round_numbers, body)
    body = re.sub(r">\s+<", ">\n<", _number_ids(body, name))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {width} {height}" width="{float(width) * _PX_PER_PT:.0f}" '
        f'height="{float(height) * _PX_PER_PT:.0f}" role="img" '
        f"aria-labelledby={quoteattr(f'{name}-title {name}-desc')} "
        f'font-family="{_FONTS}" stroke-linejoin="round" stroke-linecap="butt">\n'
        f"<title id={quoteattr(f'{name}-title')}>{escape(title)}</title>\n"
        f"<desc id={quoteattr(f'{name}-desc')}>{escape(description)}</desc>{body}</svg>\n"
    )


def _round_numbers(tag: re.Match) -> str:
    return re.sub(
        r"-?\d+\.\d{3,}",
        lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."),
        tag[0],
    )


def _number_ids(body: str, name: str) -> str:
    """Number the ids that something refers to, and drop the others."""
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', body))
    numbers: dict[str, str] = {}

    def number(key: str) -> str:
        return numbers.setdefault(key, f"{name}-{len(numbers) + 1}")

    body = re.sub(r' id="([^"]+)"', lambda m: f' id="{number(m[1])}"' if m[1] in used else "", body)
    return re.sub(r'(href="#|url\(#)([^")]+)', lambda m: m[1] + number(m[2]), body)
