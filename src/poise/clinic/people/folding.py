"""Words as they are compared when someone is looked for: no accents, no capitals, no punctuation."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_JOINED = re.compile(r"['’ʼ`´]")
_WORD = re.compile(r"[^\W_]+")


def folded(words: str) -> list[str]:
    """The words of a text in plain lower-case letters: "O'Brien-Núñez" is obrien, nunez.

    An apostrophe joins, everything else that is no letter or digit parts.
    """
    plain = _JOINED.sub("", unicodedata.normalize("NFKC", words).casefold()).translate(_LETTERS)
    bare = "".join(each for each in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(each))
    return _WORD.findall(bare)


def digits(words: str) -> str:
    """Only the digits 0 to 9."""
    return "".join(each for each in unicodedata.normalize("NFKC", words) if each in "0123456789")


def phone_words(phone: str) -> set[str]:
    """A phone number as it is looked for: whole, without the country's part, without the area's part."""
    number = digits(phone)
    return {number, number[-10:], number[-7:]} if len(number) >= 7 else ({number} - {""})
