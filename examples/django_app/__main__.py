"""Serves the project: ``python -m examples.django_app --port 8000``."""

import os

from examples.django_app.project import create_app
from examples.wiring import HOST, read_port
from examples.wsgi_server import serve_wsgi


def main() -> None:
    """Serve it until it is told to stop."""
    port = read_port("examples.django_app")
    serve_wsgi(create_app(os.environ, port), host=HOST, port=port)


if __name__ == "__main__":
    main()
