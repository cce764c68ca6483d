"""Attacks a running example over HTTP, as a real client would, and judges what came of it.

::

    python -m examples.attack --url http://127.0.0.1:8000

It knows nothing but the HTTP contract of the examples: it registers users of its own,
plays five attacks on them, prints a table and says whether the promises held.
"""
