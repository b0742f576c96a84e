"""A workbook of Excel 97 that is encrypted with RC4, as Excel 97 to 2003 write it.

[MS-XLS] 2.2.10 (what of the stream stays readable) and [MS-OFFCRYPTO] 2.3.6 (how the
key is made of the password). Nothing on PyPI writes such files.
"""

import hashlib
import os
import struct

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher
from xlwt.CompoundDoc import XlsDoc

_BOF, _FILEPASS, _BOUNDSHEET = 0x0809, 0x002F, 0x0085
#: Records whose content stays readable.
_PLAIN = (_BOF, _FILEPASS, 0x00E1, 0x0194, 0x0195, 0x0196, 0x0138)
#: Bytes of the stream that share a key.
_BLOCK = 1024
_SECTOR = 512


def locked_xls(book, password):
    """Return a workbook as a file that wants a password.

    :param xlwt.Workbook book: the workbook
    :param str password: for opening it
    :rtype: bytes
    """
    salt = os.urandom(16)
    secret = _secret(password, salt)
    plain = list(_records(book.get_biff_data()))
    plain.insert(1, (_FILEPASS, _file_pass(secret, salt)))
    added = 4 + len(plain[1][1])
    stream = b""
    for kind, body in plain:
        stream += struct.pack("<HH", kind, len(body))
        if kind == _BOUNDSHEET:
            # Where the sheet begins isn't encrypted, and lies further behind now.
            place = struct.pack("<I", struct.unpack("<I", body[:4])[0] + added)
            stream += place + _crypt(secret, len(stream) + 4, body[4:])
        else:
            stream += body if kind in _PLAIN else _crypt(secret, len(stream), body)
    file = XlsDoc()
    target = _Bytes()
    file.save(target, stream + bytes(-len(stream) % _SECTOR))
    return bytes(target.content)


class _Bytes:
    """A file in memory; xlwt's own look at it is for streams only."""

    def __init__(self):
        self.content = bytearray()

    def write(self, data):  # pylint: disable=method-required-super
        self.content += data


def _records(stream):
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _secret(password, salt):
    """Return what the key of each block is made of."""
    start = hashlib.md5(password.encode("utf-16-le")).digest()[:5]
    return hashlib.md5((start + salt) * 16).digest()[:5]


def _key(secret, block):
    return hashlib.md5(secret + struct.pack("<I", block)).digest()


def _file_pass(secret, salt):
    """Return what tells how the file is encrypted, and how a password is checked."""
    verifier = os.urandom(16)
    cipher = Cipher(ARC4(_key(secret, 0)), None).encryptor()
    locked = cipher.update(verifier)
    locked += cipher.update(hashlib.md5(verifier).digest())
    return struct.pack("<HHH", 1, 1, 1) + salt + locked


def _crypt(secret, place, body):
    """Encrypt bytes that stand at some place of the stream; each block has its key."""
    found = b""
    while body:
        block, inside = divmod(place, _BLOCK)
        part = body[: _BLOCK - inside]
        cipher = Cipher(ARC4(_key(secret, block)), None).encryptor()
        cipher.update(bytes(inside))
        found += cipher.update(part)
        body, place = body[len(part) :], place + len(part)
    return found
