"""Letters: an invitation by mail, where the clinic has a mail server. The link on the page works without."""

from __future__ import annotations

import threading

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


def send_invitation(request: HttpRequest, link: Link) -> bool:
    """Sends the link to the address of the invitation; False where no mail server is set."""
    invitation = link.invitation
    if not can_send() or not invitation.email or invitation.clinic is None:
        return False
    language = invitation.patient.language if invitation.patient else invitation.clinic.language
    with translation.override(language):
        address = request.build_absolute_uri(link.path)
        words = render_to_string("people/letters/invitation.txt", {"invitation": invitation, "address": address})
        message = EmailMessage(subject=_("Your invitation"), body=words, to=[invitation.email])
    # Beside the request: a slow mail server must not hold the page, and a failing one shows in the list.
    threading.Thread(target=message.send, kwargs={"fail_silently": True}, daemon=True).start()
    return True
