"""Bytes of a page, as letters."""

import codecs
import re

_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_IN_PAGE = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_SEARCHED = 1024  # bytes, as in browsers

# As browsers read them: what calls itself Latin-1 is windows-1252.
_READ_AS = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "tis-620": "cp874", "shift_jis": "cp932", "euc_kr": "cp949", "gb2312": "gb18030",
    "gbk": "gb18030", "big5": "big5hkscs",
}  # fmt: skip
_READ = frozenset(
    [
        *("utf-8", "gb18030", "big5hkscs", "cp932", "cp949", "euc_jp", "iso2022_jp"),
        *("koi8-r", "koi8-u", "cp866", "cp874", *(f"cp125{n}" for n in range(9))),
        *(f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
    ]
)
"""The charsets of the web. Python knows others too, and some are slow, or no charsets at all."""


def decoded(body: bytes, content_type: str = "") -> str:
    """Read bytes in the charset that they or their header tell of; what is broken is ``\ufffd``."""
    for mark, codec in _BYTE_ORDER_MARKS.items():
        if body.startswith(mark):
            return body.decode(codec, "replace")
    return body.decode(_told(body, content_type), "replace")


def _told(body: bytes, content_type: str) -> str:
    if header := _IN_HEADER.search(content_type):
        label = header[1]
    elif meta := _IN_PAGE.search(body, 0, _SEARCHED):
        label = meta[1].decode("ascii", "replace")
    else:
        return "utf-8"
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return "utf-8"
    name = _READ_AS.get(name, name)
    return name if name in _READ else "utf-8"
