"""The signed address by which a telephone exchange says who is calling.

HMAC-SHA256 (RFC 2104, FIPS 198-1) over the values of the address, one after another
with a vertical bar between them, in the order of ``SIGNED``; written in hexadecimal.
"""

import hashlib
import hmac
import secrets

#: What is signed, in this order; what is left out of an address is signed as empty.
SIGNED = ("company", "number", "called", "at", "operator")
#: Signed behind the others when the address has it: what has happened to the call.
EVENT = "event"
#: Bytes of a secret.
SECRET_BYTES = 32


def new_secret():
    """Return a secret that nobody can guess.

    :rtype: str
    """
    return secrets.token_hex(SECRET_BYTES)


def signature(secret, values):
    """Return the signature of the values of an address.

    :param str secret: of the company
    :param dict values: texts by name; others than ``SIGNED`` and ``EVENT`` are not
        signed
    :rtype: str
    """
    names = (*SIGNED, EVENT) if values.get(EVENT) else SIGNED
    text = "|".join(str(values.get(name) or "") for name in names)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def is_signed(secret, values, given):
    """Tell whether a signature is that of the values, in a time that tells nothing.

    :param str secret: of the company; without any nothing is signed
    :param dict values: see ``signature``
    :param str given: as it was received
    :rtype: bool
    """
    if not secret:
        return False
    return hmac.compare_digest(
        signature(secret, values).encode(), str(given or "").lower().encode()
    )
