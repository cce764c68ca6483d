"""A complete Django project around a guarded login: ``python -m examples.django_app --port 8000``.

The shop's own views are guarded by the context, the admin by the backend, without a line. It is configured by
``AUTHGUARD_*`` and ``DEMO_*``; ``DJANGO_SUPERUSER_USERNAME`` and ``DJANGO_SUPERUSER_PASSWORD`` make somebody
who may use the admin, as for ``manage.py createsuperuser``.
"""
