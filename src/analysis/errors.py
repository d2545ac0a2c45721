"""The errors that a user can meet, and the exit code of each.

Every message says where, what, how much of it, and what to do. The command line prints the
message without a traceback and exits with the code; any other exception is a bug and keeps
its traceback. The codes are documented in README.md.
"""


class BulletinError(Exception):
    """Base of all errors that are about the input rather than the code."""

    exit_code = 1


class ParamsError(BulletinError):
    """A parameter file, or the parameters cell of a page, cannot be used."""

    exit_code = 3


class InputError(BulletinError):
    """An input file is missing, unreadable, or is not what its layout says."""

    exit_code = 4


class RatesError(BulletinError):
    """Counts from which a statistic cannot be computed."""

    exit_code = 5


class DisclosureError(BulletinError):
    """Something would be published that is not protected."""

    exit_code = 6


class PageError(BulletinError):
    """A page could not be run, or shows what a page may not show."""

    exit_code = 7


class PublishError(BulletinError):
    """The book could not be built, or a release would be overwritten."""

    exit_code = 8


class FetchError(BulletinError):
    """A published file could not be fetched, or is not the one that was listed."""

    exit_code = 9
