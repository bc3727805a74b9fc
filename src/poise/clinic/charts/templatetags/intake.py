"""``{% load intake %}``: small pieces of the intake's pages."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def qr_picture(told: str) -> SafeString:
    """A QR code from ``"size path"``; dark on white whatever the theme, so that every camera reads it."""
    size, _space, path = told.partition(" ")
    return format_html(
        '<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}" focusable="false">'
        '<rect width="{0}" height="{0}" fill="#fff"/><path fill="#000" d="{2}"/></svg>',
        size,
        _("The link as a picture for a phone’s camera"),
        path,
    )
