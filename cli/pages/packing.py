"""Text that a page carries packed, for its script to unpack: compressed (RFC 1950), in base64."""

from __future__ import annotations

import base64
import zlib


def packed(data: bytes) -> str:
    """Pack bytes. Compressors differ: another release of zlib may make another text, which unpacks to the same."""
    return base64.b64encode(zlib.compress(data, 9)).decode()


def unpacked(text: str) -> bytes:
    """The bytes of a packed text."""
    return zlib.decompress(base64.b64decode(text))
