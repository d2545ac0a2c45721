"""What the site says of an edition: title, status, dates, contact, banner, version of the code."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import escape

from analysis.params import EditionParams

# What a reader must know before anything else, by the origin of the records.
BANNERS = {
    "demonstration": "Invented data",
    "open": "Invented records that agree with published totals",
    "records": "Not protected, do not release",
}
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True)
class EditionInfo:
    """An edition in the words of its site. An empty ``banner`` shows none."""

    edition: str
    title: str
    status: str
    released: date
    next_release: date | None
    contact: str
    banner: str = ""
    code_version: str = ""
    data: str = ""

    @classmethod
    def of(cls, params: EditionParams, code_version: str = "") -> "EditionInfo":
        """Return what the site says of the edition that ``params`` describes."""
        return cls(
            edition=params.edition,
            title=params.release.title,
            status=params.release.status,
            released=params.release.date,
            next_release=params.release.next,
            contact=params.release.contact,
            banner=BANNERS[params.data],
            code_version=code_version,
            data=params.data,
        )

    @property
    def epoch(self) -> int:
        """Seconds from 1970 to the day of release: the time that files of the edition bear."""
        return int(datetime.combine(self.released, datetime.min.time(), UTC).timestamp())

    def as_context(self) -> dict:
        """Return the plain values that templates use; ``contact`` is HTML."""
        return {
            "edition": self.edition,
            "data": self.data,
            "title": self.title,
            "status": self.status,
            "released": self.released.isoformat(),
            "released_words": in_words(self.released),
            "next_release": self.next_release.isoformat() if self.next_release else "",
            "next_words": in_words(self.next_release) if self.next_release else "",
            "contact": with_links(self.contact),
            "banner": self.banner,
            "code_version": self.code_version,
            "epoch": self.epoch,
        }


def in_words(day: date) -> str:
    """Return ``day`` as a reader of the bulletin writes it: 12 June 2020."""
    return f"{day.day} {day:%B %Y}"


def with_links(contact: str) -> str:
    """Return ``contact`` as HTML in which an address of electronic mail is a link."""
    return _EMAIL.sub(lambda m: f'<a href="mailto:{m[0]}">{m[0]}</a>', escape(contact))
