"""Letters: an invitation by mail, where the clinic has a mail server. The link on the page works without."""

from __future__ import annotations

from enum import StrEnum
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from poise.clinic.people.domain.links import Link


def can_send() -> bool:
    """Whether a mail server is set."""
    return bool(settings.POISE.email_url)


class Sending(StrEnum):
    """What became of a letter."""

    NONE = ""  # no mail server is set, or no address is known
    SENT = "sent"
    FAILED = "failed"


def send_invitation(request: HttpRequest, link: Link) -> Sending:
    """Hands the link to the mail server; who invites is told where that would not take it."""
    invitation = link.invitation
    if not can_send() or not invitation.email or invitation.clinic is None:
        return Sending.NONE
    language = invitation.patient.language if invitation.patient else invitation.clinic.language
    with translation.override(language):
        address = request.build_absolute_uri(link.path)
        words = render_to_string("people/letters/invitation.txt", {"invitation": invitation, "address": address})
        message = EmailMessage(subject=_("Your invitation"), body=words, to=[invitation.email])
    try:
        return Sending.SENT if message.send() else Sending.FAILED
    except (OSError, SMTPException):
        return Sending.FAILED
