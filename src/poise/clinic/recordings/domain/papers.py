"""Papers and pictures of a patient: what they are is read from their bytes, never from their name."""

from __future__ import annotations

from typing import BinaryIO

from django.utils.translation import gettext as _

from poise.errors import PoiseError

HEAD_BYTES = 64
_BEGINNINGS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)


class NotAPaper(PoiseError):
    """What was sent is no document or picture of a kind that is kept; it was not kept."""


def media_type(file: BinaryIO) -> str:
    """The media type of a paper, by its first bytes.

    Raises
    ------
    NotAPaper
        It is none of the kinds that are kept.
    """
    head = file.read(HEAD_BYTES)
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1"}:
        return "image/heic"
    raise NotAPaper(
        _("This is not a document or picture that can be kept."),
        do=_("Send a PDF, or a picture (JPEG, PNG, WebP, HEIC, TIFF)."),
    )
