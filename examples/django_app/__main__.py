"""Serves the project: ``python -m examples.django_app --port 8000``."""

import os

from authguard_core.identity import canonical
from examples.django_app.project import configure, create_app
from examples.shop import open_shop
from examples.wiring import HOST, read_port
from examples.wsgi_server import serve_wsgi


def main() -> None:
    """Serve it until it is told to stop."""
    port, shop = read_port("examples.django_app"), open_shop(os.environ, canonical=canonical)
    configure(shop, os.environ, port)
    serve_wsgi(create_app(os.environ), host=HOST, port=port, close=shop.close)


if __name__ == "__main__":
    main()
