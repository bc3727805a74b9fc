"""What a file that no reader knows looks like, in words for a person."""

from __future__ import annotations

import re
from pathlib import Path

MAGIC: tuple[tuple[bytes, int, str], ...] = (
    (b"%PDF", 0, "a PDF document"),
    (b"\x89PNG", 0, "a picture (PNG)"),
    (b"\xff\xd8\xff", 0, "a picture (JPEG)"),
    (b"ftyp", 4, "a video (MP4 or MOV), which has to go through a pose model first: export its landmarks"),
    (b"\x1aE\xdf\xa3", 0, "a video (MKV or WebM), which has to go through a pose model first: export its landmarks"),
    (b"RIFF", 0, "a video or sound file (AVI or WAV)"),
    (b"\x89HDF", 0, "an HDF5 file (MATLAB's v7.3 is one too); in MATLAB, save it again with '-v7'"),
    (b"PK\x03\x04", 0, "a zip archive or an office document; an Excel sheet has to be saved as CSV first"),
    (b"\xd0\xcf\x11\xe0", 0, "an old office document; an Excel sheet has to be saved as CSV first"),
    (b"SQLite format 3", 0, "a database (SQLite)"),
    (b"PAR1", 0, "a Parquet table"),
    (b"MATLAB 5.0 MAT-file", 0, "a MATLAB file, but with none of the layouts that Poise knows in it"),
    (b"7z\xbc\xaf", 0, "a 7z archive; unpack it first"),
    (b"Rar!", 0, "a RAR archive; unpack it first"),
    (b"<?xml", 0, "an XML document"),
    (b"<", 0, "a web page or XML document"),
    (b"{", 0, "JSON, but with neither landmarks nor signals that Poise knows in it"),
    (b"[", 0, "JSON, but with neither landmarks nor signals that Poise knows in it"),
)


NO_CONTROL = bytes(byte for byte in range(256) if byte >= 32 or byte in b"\t\n\r\f\x1a\x1b")
SETTINGS = re.compile(rb"\[[A-Za-z_][\w.-]*\]\s*\n")


def looks_like(path: Path, head: bytes) -> str:
    """A few words for what the file seems to be, judged by its first bytes."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip() if b"\0" not in head else head
    if SETTINGS.match(start):
        return "a file of settings (TOML or INI); a mapping is given with --map"
    for magic, offset, words in MAGIC:
        if start[offset:].startswith(magic):
            return words
    if is_text(head):
        first = head.decode("utf-8-sig", "replace").strip("\ufeff \t\r\n").splitlines()
        return f"text that starts with {first[0][:60]!r}" if first else "text with nothing in it"
    return f"binary data of no known kind, in spite of its name (*{path.suffix})" if path.suffix else "binary data"


def is_text(head: bytes) -> bool:
    """Whether bytes read like text in UTF-8, UTF-16 with a mark, or an 8-bit Western encoding."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return b"\0" not in head and len(head.translate(None, NO_CONTROL)) <= 0.01 * len(head)
