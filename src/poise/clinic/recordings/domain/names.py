"""A file's name is only ever shown. What shows it wrongly, or hides what it is, is taken out of it."""

from __future__ import annotations

import unicodedata

LONGEST = 120
UNNAMED = "recording"
# Letters that turn the direction of writing: "gnp.exe" must not look like "exe.png".
_HARMFUL = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def shown_name(sent: str) -> str:
    """The last part of the name as sent, without control characters, of a length that a page can show."""
    last = unicodedata.normalize("NFC", sent).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(each for each in last if unicodedata.category(each) not in _HARMFUL and each not in '<>:"|?*')
    name = " ".join(kept.split()).strip(". ") or UNNAMED
    if len(name) <= LONGEST:
        return name
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[: LONGEST - len(suffix) - 2]}….{suffix}" if dot and len(suffix) <= 12 else name[:LONGEST]


def suffix_of(name: str) -> str:
    """The ending that readers go by, made safe: letters and digits, such as ``.c3d`` or ``.csv.gz``."""
    endings = shown_name(name).lower().split(".")[1:][-2:]
    safe = ["".join(c for c in each if c.isascii() and c.isalnum())[:8] for each in endings]
    is_packed = len(safe) == 2 and safe[1] in {"gz", "xz", "bz2"}
    kept = safe if is_packed else safe[-1:]
    return "".join(f".{each}" for each in kept if each)
