"""Which passwords are accepted: long, not common, not made of one's own name. Nothing asks for capitals or digits."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 128
NOT_LETTERS = re.compile(r"[\W\d_]+")


class NotTooLong:
    """Up to 128 characters are taken, all of them count, and a longer one is refused in words rather than cut."""

    def validate(self, password: str, user: Any = None) -> None:
        """Refuses what is longer."""
        if len(password) > LONGEST:
            raise ValidationError(_("A password may have up to %(n)d characters.") % {"n": LONGEST}, code="too_long")

    def get_help_text(self) -> str:
        """The rule in words."""
        return _("At most %(n)d characters.") % {"n": LONGEST}


class NotDressedUp:
    """Refuses a common word that was only dressed up to be long: ``Password1234!``, ``qwertyqwerty``.

    What is left without digits and signs must not be a common password, the software's own name, or repeats of one.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Refuses it."""
        bare = NOT_LETTERS.sub("", password.casefold())
        if not bare or _unrepeated(bare) in _common() or len(set(password)) < 5:
            raise ValidationError(_("This password is too easy to guess."), code="dressed_up")

    def get_help_text(self) -> str:
        """The rule in words."""
        return _("Not a common word with digits added. Several words in a row are good.")


@cache
def _common() -> frozenset[str]:
    """Django's list of 20,000 common passwords, letters only, with names that anyone would try here."""
    listed = {NOT_LETTERS.sub("", each.casefold()) for each in CommonPasswordValidator().passwords}
    return frozenset({each for each in listed if len(each) > 2} | {"poise", "clinic", "physio", "rehab", "letmein"})


def _unrepeated(bare: str) -> str:
    """The shortest piece of which the whole is repeats: ``abcabc`` is ``abc``."""
    for size in range(1, len(bare) // 2 + 1):
        if len(bare) % size == 0 and bare[:size] * (len(bare) // size) == bare:
            return bare[:size]
    return bare
