#!/usr/bin/env python3
"""``make run``: set up, prepare the demo database, serve until Ctrl-C."""

from environment import demo, server, settings
from environment.setup import setup
from environment.shell import main


def run():
    """Serve the demo database in the foreground."""
    port = settings.http_port()
    server.check_port(port)
    setup(core_template=False)
    demo.prepare()
    server.check_port(port)
    return server.serve(settings.DEMO_DATABASE, port, lambda: greet(port))


def greet(port):
    """Print where the call centre is and who may log in."""
    line = "=" * 72
    url = f"http://{settings.HTTP_HOST}:{port}"
    print(f"\n{line}\nThe call centre is ready: {url}   (Ctrl-C stops it)", flush=True)
    print(f"{demo.logins()}{line}\n", flush=True)


if __name__ == "__main__":
    main(run)
