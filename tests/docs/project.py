"""A Django project with the settings of a page, in a process of its own, as a process knows but one.

``python -m tests.docs.project`` takes from its input which blocks of which page are its settings, and says
as JSON what came of some guesses and of a sign-in.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from tests.docs.blocks import ROOT
from tests.docs.labelled import run_labelled

RIGHT = "correct horse battery staple"
OWNERS_ADDRESS = "198.51.100.20"


class Asked(NamedTuple):
    """What a project is made of, and asked for."""

    page: str
    labels: tuple[str, ...]
    database: str
    session: str = ""
    """A session of an earlier project with the same database: who is it?"""
    sign_in: bool = True
    dropped: str = ""
    """An app whose tables are dropped at the end."""


class Report(NamedTuple):
    """What came of it."""

    checks: list[str]
    """The ids of the findings of ``manage.py check``."""
    statuses: list[int]
    """The answers to six guesses at alice."""
    signed_in: int
    """The status of bob's sign-in, from another address."""
    session: str
    me: str
    """Whose the earlier session is."""
    rows: dict[str, int]
    """How many rows each table of another library has."""
    left: list[str]
    """Their tables after the dropping."""


def ask(page: str, labels: tuple[str, ...], database: Path, **more: Any) -> Report:  # noqa: ANN401 - the fields of Asked
    """Run a project in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.docs.project"],
        cwd=ROOT,
        env={**os.environ, "AUTHGUARD_SECRET_KEY": "0123456789abcdef" * 4},
        input=json.dumps(Asked(page, labels, str(database), **more)._asdict()),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Report(**json.loads(done.stdout))


def main() -> None:
    """Be the project."""
    asked = Asked(**json.load(sys.stdin))
    configure(asked)
    json.dump(report(asked)._asdict(), sys.stdout)


def configure(asked: Asked) -> None:
    """Set Django up, and make the users if there are none yet."""
    import django  # noqa: PLC0415 - only in the process that is the project
    from django.conf import settings  # noqa: PLC0415 - as above
    from django.core.management import call_command  # noqa: PLC0415 - as above

    named = run_labelled(asked.page, asked.labels)
    settings.configure(
        **{name: value for name, value in named.items() if name.isupper()},
        SECRET_KEY="not-secret-" * 5,
        ALLOWED_HOSTS=["*"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": asked.database}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        LOGGING_CONFIG=None,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        ROOT_URLCONF="tests.docs.project_urls",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
    )
    django.setup()
    call_command("migrate", verbosity=0, skip_checks=True)
    from django.contrib.auth.models import User  # noqa: PLC0415 - models can be imported only now

    for name in {"alice", "bob"} - set(User.objects.values_list("username", flat=True)):
        User.objects.create_superuser(name, f"{name}@example.com", RIGHT)


def report(asked: Asked) -> Report:
    """Guess, sign in, and look."""
    from django.core.checks import run_checks  # noqa: PLC0415 - as above
    from django.core.management import call_command  # noqa: PLC0415 - as above
    from django.test import Client  # noqa: PLC0415 - as above

    stranger, owner, earlier = Client(), Client(REMOTE_ADDR=OWNERS_ADDRESS), Client()
    statuses = [sign_in(stranger, "alice", "a guess") for _ in range(6)]
    signed_in = sign_in(owner, "bob", RIGHT) if asked.sign_in else 0
    earlier.cookies["sessionid"] = asked.session
    rows = {table: count(table) for table in foreign_tables()}
    if asked.dropped:
        call_command("migrate", asked.dropped, "zero", verbosity=0, skip_checks=True)
    return Report(
        checks=[str(message.id) for message in run_checks()],
        statuses=statuses,
        signed_in=signed_in,
        session=owner.session.session_key or "",
        me=earlier.get("/me/").content.decode(),
        rows=rows,
        left=foreign_tables(),
    )


def sign_in(browser: Any, name: str, password: str) -> int:  # noqa: ANN401 - Django's test client
    """Post the admin's form."""
    answer = browser.post("/admin/login/", {"username": name, "password": password})
    return int(answer.status_code)


def foreign_tables() -> list[str]:
    """Return the tables that aren't Django's own."""
    from django.db import connection  # noqa: PLC0415 - as above

    names = connection.introspection.table_names()
    return [name for name in names if not name.startswith(("auth_", "django_"))]


def count(table: str) -> int:
    """Return how many rows a table has."""
    from django.db import connection  # noqa: PLC0415 - as above

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - its own table
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
