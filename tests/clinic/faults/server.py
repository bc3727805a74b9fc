"""A real server that can be killed and started again in a moment.

``python server.py PORT`` makes a clinic in POISE_DATA, says READY with a session, then obeys: START forks a process that
serves (everything is imported already), KILL ends it with SIGKILL, STOP ends all.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "poise.clinic.settings"

import django
from django.conf import settings


def main(port: int) -> None:
    django.setup()
    settings.ROOT_URLCONF = "clinic.faults.site"
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    print("READY " + json.dumps({"session": _session()}), flush=True)

    import uvicorn
    from django.core.asgi import get_asgi_application
    from django.urls import get_resolver

    application = get_asgi_application()
    _ = get_resolver().url_patterns  # imported before the fork, so that a start takes no time
    door = socket.create_server(("127.0.0.1", port), backlog=128)
    serving = 0
    for order in sys.stdin:
        if order.strip() == "START":
            serving = os.fork()
            if serving == 0:
                uvicorn.Server(uvicorn.Config(application, log_config=None, access_log=False, lifespan="off")).run(
                    [door]
                )
                os._exit(0)
        elif serving:
            os.kill(serving, signal.SIGKILL if order.strip() == "KILL" else signal.SIGTERM)
            os.waitpid(serving, 0)
        print("DONE", flush=True)


def _session() -> str:
    """A therapist who has signed in, every factor given."""
    from django.db import connection, connections
    from django.test import Client

    from clinic import made
    from poise.clinic.rules import Role

    therapist = made.person(Role.PHYSICAL_THERAPIST, made.clinic())
    client = made.sign_in(Client(), therapist)
    session = client.session
    session["factor_seen"] = str(therapist.pk)
    session.save()
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]  # its threads would not come along to a fork
    return str(session.session_key)


if __name__ == "__main__":
    main(int(sys.argv[1]))
