"""A web process: ``python -m poise.clinic.operations.web``. `poise serve` starts as many as are asked for."""

from __future__ import annotations

import argparse
import socket

import uvicorn

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
    uvicorn.Server(configuration(told)).run(sockets=[socket.socket(fileno=told.socket)])


def configuration(told: argparse.Namespace) -> uvicorn.Config:
    """How uvicorn runs. Its access log is off: it would write addresses of pages, which hold ids; ours does not."""
    return uvicorn.Config(
        "poise.clinic.asgi:application",
        http="httptools",
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
        h11_max_incomplete_event_size=64 * 1024,
        backlog=512,
    )


if __name__ == "__main__":
    main()
