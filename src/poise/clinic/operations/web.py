"""A web process: ``python -m poise.clinic.operations.web``. `poise serve` starts as many as are asked for."""

from __future__ import annotations

import argparse
import gc
import os
import socket

import django
import uvicorn
from django.template.loader import get_template
from django.urls import reverse

from poise.clinic.operations.callers import FairServer
from poise.clinic.operations.heads import BoundedHeads
from poise.clinic.operations.lifeline import stop_with_parent

GRACE_S = 15


def main() -> None:
    """Answers requests from the socket that the parent has opened, until it is told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", type=int, required=True)
    parser.add_argument("--tls-cert")
    parser.add_argument("--tls-key")
    told = parser.parse_args()
    stop_with_parent()
    read_ahead()
    FairServer(configuration(told)).run(sockets=[socket.socket(fileno=told.socket)])


def read_ahead() -> None:
    """Loads what the first request of each kind would wait for: the pages, their templates, the clinical knowledge."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poise.clinic.settings")
    django.setup(set_prefix=False)
    from poise.knowledge.clinical import library

    library()
    reverse("home")  # which loads the module of every page
    for page in ("people/home.html", "charts/patients.html", "charts/patient.html"):
        get_template(page)
    gc.collect()
    gc.freeze()  # it stays for good: looking through all of it for garbage took 0.13 s in the middle of a page


def configuration(told: argparse.Namespace) -> uvicorn.Config:
    """How uvicorn runs. Its access log is off: it would write addresses of pages, which hold ids; ours does not."""
    return uvicorn.Config(
        "poise.clinic.asgi:application",
        http=BoundedHeads,
        ws="websockets-sansio",
        ws_max_size=1024 * 1024,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # what a proxy says is read in one place: people.address
        server_header=False,
        ssl_certfile=told.tls_cert,
        ssl_keyfile=told.tls_key,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACE_S,
    )


if __name__ == "__main__":
    main()
