"""What a server of WSGI serves: ``gunicorn --threads 8 examples.django_app.wsgi``."""

import os

from examples.django_app.project import create_app

__all__ = ["application"]

application = create_app(os.environ)
