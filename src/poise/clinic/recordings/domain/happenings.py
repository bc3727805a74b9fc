"""What other apps may listen to. Each is sent inside the transaction of what happened: a listener's rows go with it.

``recording_added``: ``by``, ``recording``, ``about_id`` (the evaluation's test it was made for, or None), ``was_here``.
``analysis_asked``: ``by``, ``recording``: somebody wants it analysed again.
``recording_removed``: ``by``, ``recording``: it was taken out of the chart, and nothing that rests on it counts.
``upload_announced``: ``by``, ``patient``, ``about_id``: a file is about to come; a listener may refuse it by raising.
"""

from __future__ import annotations

from django.dispatch import Signal

recording_added = Signal()
analysis_asked = Signal()
recording_removed = Signal()
upload_announced = Signal()
