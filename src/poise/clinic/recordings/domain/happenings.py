"""What other apps may listen to. Each is sent inside the transaction of what happened: a listener's rows go with it.

``recording_added``: ``by``, ``recording``, ``about_id`` (the evaluation's test it was made for, or None), ``was_here``.
``analysis_asked``: ``by``, ``recording``: somebody wants it analysed again.
"""

from __future__ import annotations

from django.dispatch import Signal

recording_added = Signal()
analysis_asked = Signal()
