"""Keys of records: from 0 to 255, the same for a record in every delivery and edition.

The noise of a count follows from the keys of its records (``disclosure.perturb``), so that the
same people have the same noise in every table. A key is made in the engine, where records are.
"""

import hashlib

import ibis

_DIGITS = "0123456789abcdef"


def with_record_keys(records: ibis.Table, secret: bytes) -> ibis.Table:
    """Return records with ``record_key``, lazily.

    Parameters
    ----------
    records
        Records with ``record_id``, an identifier that never changes; no key without it.
    secret
        What is needed to work out a key from an identifier: a file outside the project.
    """
    inner, outer = (ibis.literal(part) for part in key_parts(secret))
    once = (inner + records.record_id.cast("string")).hexdigest("sha256")
    hashed = records.mutate(record_key=(outer + once).hexdigest("sha256").right(2))
    digits, key = ibis.literal(_DIGITS), hashed.record_key
    number = 16 * digits.find(key.left(1)) + digits.find(key.right(1))
    return hashed.mutate(record_key=number.cast("int16"))


def key_parts(secret: bytes) -> tuple[str, str]:
    """Return what stands before an identifier, and before its hash, when they are hashed."""
    inner, outer = (hashlib.sha256(word + secret).hexdigest() for word in (b"inner", b"outer"))
    return inner, outer
