"""What the software says of itself while it runs: one line a request, and what went wrong. Never of whom.

A line is made of named facts, and only of those in `SAYABLE`; each value is a number, a yes or no, or one short word
without spaces. So no name, no typed text, no query and no path can stand in a log, and no line can hold a line break or
a terminal's command. An error is told by its kind and the places in the code it came through; its message, which may
quote what was typed, is left out. Who opened which chart from where is the audit's matter, not the log's.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
import uuid
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from structlog.typing import EventDict

from poise.clinic.configuration import Configuration

SAYABLE = frozenset({
    "time", "level", "event", "logger", "route", "method", "status", "ms", "request_id", "user_id", "reference",
    "error", "frames", "left_out", "job_id", "job", "kind", "count", "rows", "seconds", "bytes", "version", "port",
    "pid", "database", "attempt", "worker",
})  # fmt: skip
WORD = re.compile(r"[A-Za-z0-9_.:/+-]{0,120}")
SENTENCE = re.compile(r"[A-Za-z0-9_.,:;/()%'+\[\] -]{0,200}")
_silent = {"handlers": ["nothing"], "propagate": False}


class OneLine:
    """Gives each request its number, and says one line about it when it has been answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers the request."""
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        began = time.perf_counter()
        response = self.get_response(request)
        _say(request, response.status_code, (time.perf_counter() - began) * 1000)
        return response


def _say(request: HttpRequest, status: int, milliseconds: float) -> None:
    match, actor = request.resolver_match, getattr(request, "actor", None)
    user_id = getattr(actor, "user_id", None)
    say = structlog.get_logger("poise.request")
    (say.error if status >= 500 else say.info)(
        "request", route=match.view_name if match else "", method=request.method, status=status,
        ms=round(milliseconds, 1), user_id=str(user_id) if user_id else None,
    )  # fmt: skip


def error_facts(error: BaseException) -> dict[str, object]:
    """An error without its message: its kind, and the last places in the code it came through."""
    places = traceback.extract_tb(error.__traceback__)[-12:]
    return {
        "error": f"{type(error).__module__}.{type(error).__qualname__}",
        "frames": [f"{_module(place.filename)}:{place.lineno}:{place.name}" for place in places],
    }


def _module(path: str) -> str:
    return "/".join(path.replace("\\", "/").split("/")[-3:])


def configure(configuration: Configuration) -> dict[str, Any]:
    """Sets structlog up, and gives Django's ``LOGGING``: every logger's lines pass the same door."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter, "as_json": configuration.log_json, "debug": configuration.debug}},
        "handlers": {
            "line": {"class": "logging.StreamHandler", "formatter": "line"},
            "nothing": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["line"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "propagate": True, "level": "WARNING"},
            # These name paths, hosts and causes as they were sent; our own line says what may be said.
            "django.request": {"handlers": ["line"], "propagate": False} if configuration.debug else _silent,
            "django.security": _silent,
            "django.server": _silent,
            "uvicorn.access": _silent,
            "uvicorn": {"handlers": [], "propagate": True, "level": "INFO"},
        },
    }


def formatter(*, as_json: bool, debug: bool = False) -> logging.Formatter:
    """One line of a log: JSON for machines, or words for a person at a terminal."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            _facts_of_record,
            _plain_error if not debug else structlog.processors.format_exc_info,
            _only_sayable if not debug else structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=True) if as_json else _in_words,
        ],
        use_get_message=False,  # the text as written in the code, without what was put into it
    )


def _facts_of_record(_logger: object, _method: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    event["time"] = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"
    event["level"], event["logger"] = record.levelname.lower(), record.name
    return event


def _plain_error(_logger: object, _method: str, event: EventDict) -> EventDict:
    told = event.pop("exc_info", None)
    error = sys.exc_info()[1] if told is True else told[1] if isinstance(told, tuple) else told
    return {**event, **error_facts(error)} if isinstance(error, BaseException) else event


def _only_sayable(_logger: object, _method: str, event: EventDict) -> EventDict:
    left_out = sorted(key for key in event if key not in SAYABLE and not key.startswith("_"))
    said: dict[str, object] = {"time": event.get("time"), "level": event.get("level")}
    said["event"] = _fitting(SENTENCE, event.get("event"))
    said.update({key: _sayable(value) for key, value in event.items() if key in SAYABLE and key not in said})
    if left_out:
        said["left_out"] = [_fitting(WORD, key) for key in left_out]
    return said


def _sayable(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_sayable(each) for each in value[:20]]
    return _fitting(WORD, value)


def _fitting(pattern: re.Pattern[str], value: object) -> str:
    text = str(value)
    return text if pattern.fullmatch(text) else "[left out]"


def _in_words(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    head = f"{event.pop('time', '')} {event.pop('level', ''):<7} {event.pop('event', '')}"
    return ascii_only(" ".join([head, *(f"{key}={value}" for key, value in event.items() if value is not None)]))


def ascii_only(text: str) -> str:
    """The text with everything that a terminal might act on spelled out."""
    return text.encode("ascii", "backslashreplace").decode().translate(_SPELLED)


_SPELLED: Mapping[int, str] = {code: f"\\x{code:02x}" for code in (*range(32), 127)}
