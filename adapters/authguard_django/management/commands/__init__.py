"""``manage.py authguard_status`` and ``manage.py authguard_unlock``."""
