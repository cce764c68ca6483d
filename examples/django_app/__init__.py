"""A complete Django project around a guarded login: ``python -m examples.django_app --port 8000``.

The shop's own views are guarded by the context, the admin's sign-in by the backend, without a line, and its
change of password, which asks for the old one, by the decorator. It is configured by
``AUTHGUARD_*`` and ``DEMO_*``; ``DJANGO_SUPERUSER_USERNAME`` and ``DJANGO_SUPERUSER_PASSWORD`` make somebody
who may use the admin, as for ``manage.py createsuperuser``.

Another server finds it where servers look for a Django project::

    gunicorn --threads 8 examples.django_app.wsgi

Set ``DEMO_PORT`` to where it listens and ``DEMO_DATA_DIR`` to what its workers share. While the store is
``memory://`` let there be one worker.
"""
