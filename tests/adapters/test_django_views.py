"""Views that check a secret themselves: the context, the decorator, bodies, resets, and the answers."""

import asyncio
import gettext
import re
from collections.abc import Generator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync, iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, RequestFactory
from django.test.utils import override_settings
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views import View

from authguard_core import ConfigurationError, Decision, Reason, Verdict
from authguard_core.answers import BUSY, FAILED, Answer, refused
from authguard_django import (
    AttemptError,
    RunningAttempt,
    attempt,
    client_address_of,
    guarded,
)
from tests.adapters.django_world import MIDDLEWARE, Client, World, log_in, opened
from tests.adapters.support import WRONG

DEVICE = "__Host-authguard_device"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@pytest.fixture
def world() -> Generator[World]:
    with opened() as made:
        yield made


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


def enter(browser: Client, code: str, name: str = "alice") -> int:
    """Post a code as JSON."""
    answer = browser.post("/code/", {"username": name, "password": code}, content_type=JSON)
    return answer.status_code


# The context


def test_a_view_refuses_before_it_looks(world: World, browser: Client) -> None:
    """Wrong codes are 401, and the fourth attempt is 429 though its code is right."""
    assert [enter(browser, code) for code in ("1", "2", "3", "right")] == [401, 401, 401, 429]
    assert world.told.kinds["attempt_failed"] == 3


def test_the_failure_is_uniform_problem_details(world: World, browser: Client) -> None:
    """The same bytes for a known and an unknown name, and not to be stored."""
    known, unknown = (
        browser.post("/code/", {"username": name, "password": "1"}, content_type=JSON)
        for name in ("alice", "x")
    )
    assert known.content == unknown.content
    assert known.json()["type"] == "urn:authguard:problem:invalid-credentials"
    assert known["Cache-Control"] == "no-store"
    assert world.told.kinds["attempt_failed"] == 2


def test_a_success_is_given_back(world: World, browser: Client) -> None:
    """Right ones never add up; with another factor due the browser stays unknown."""
    assert [enter(browser, "right") for _ in range(8)] == [200] * 8
    assert (world.told.kinds["attempt_succeeded"], world.told.kinds["device_known"]) == (8, 0)


def test_a_full_hashing_pool_is_503(world: World, browser: Client) -> None:
    """Nothing was hashed: the attempt is given back, and the client told to come again."""
    assert [enter(browser, "busy") for _ in range(5)] == [503] * 5
    assert world.told.kinds["attempt_released"] == 5


def test_purposes_have_budgets_of_their_own(world: World, browser: Client) -> None:
    """Wrong codes don't lock the password."""
    for _ in range(4):
        enter(browser, "1")
    assert log_in(browser).status_code == 302
    assert world.told.kinds["attempt_refused"] == 1


def test_an_attempt_is_over_with_its_block(world: World) -> None:
    """A report after the end is misuse, and says so."""
    with attempt(None, "alice") as running:
        running.succeed(world.alice.pk)
    with pytest.raises(ConfigurationError, match="report after the end"):
        running.succeed()
    assert world.told.kinds["attempt_succeeded"] == 1


def test_another_account_than_the_counted_one_does_not_succeed(world: World) -> None:
    """Else one account's limit would be charged and another one entered."""
    with pytest.raises(ConfigurationError, match="another account"), attempt(None, "alice") as running:
        running.succeed(world.ann.pk)
    assert world.told.kinds["attempt_failed"] == 1


def test_what_is_right_stays_right_when_the_view_breaks_down(world: World) -> None:
    """An error after the report changes nothing."""

    def view() -> None:
        with attempt(None, "alice") as running:
            running.succeed()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        view()
    assert world.told.kinds["attempt_succeeded"] == 1


def test_a_context_that_is_left_twice_reports_once(world: World) -> None:
    """The second time there is nothing to report."""
    context = attempt(None, "alice")
    with context:
        pass
    context.__exit__(None, None, None)
    async_to_sync(context.__aexit__)(None, None, None)
    assert world.told.kinds["attempt_failed"] == 1


# The decorator


def test_a_decorated_view_says_itself_what_is_right(world: World, browser: Client) -> None:
    """It is given the attempt; without a word it counts as failed. A GET passes."""
    assert browser.get("/decorated/").content == b"form"
    for _ in range(5):
        assert browser.post("/decorated/", {"username": "alice", "code": "right"}).content == b"seen"
    statuses = [browser.post("/decorated/", {"username": "alice", "code": "1"}).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert world.told.kinds["attempt_succeeded"] == 5


def test_a_decorated_view_without_a_name_is_refused(world: World, browser: Client) -> None:
    """It names nobody, so its address pays."""
    assert browser.post("/decorated/", {"code": "right"}).status_code == 422
    assert world.told.kinds["attempt_refused"] == 1


def test_a_decorated_view_on_the_event_loop_is_judged_by_its_status(world: World) -> None:
    """Only the named status is a success."""
    browser = AsyncClient()
    post = async_to_sync(browser.post)
    assert async_to_sync(browser.get)("/by-status/").status_code == 400
    known = post("/by-status/", headers={"x-name": "alice", "x-code": "right"})
    assert (known.status_code, DEVICE in known.cookies) == (204, True)
    stranger = async_to_sync(AsyncClient().post)
    statuses = [stranger("/by-status/", headers={"x-name": "alice"}).status_code for _ in range(4)]
    assert statuses == [400, 400, 400, 429]
    assert world.told.kinds["attempt_succeeded"] == 1


class Codes(View):
    """Takes a code on the event loop."""

    async def post(self, request: HttpRequest, attempt: RunningAttempt) -> HttpResponse:
        await asyncio.sleep(0)
        if request.headers.get("x-code") == "right":
            attempt.succeed()
        return HttpResponse("seen")


def test_a_class_based_view_on_the_event_loop_is_guarded_from_its_first_line_to_its_last(
    world: World,
) -> None:
    """Its attempt is open until it has answered, also if the method alone is decorated."""
    guard = guarded(lambda _request: "alice", purpose="otp")
    by_method: Any = method_decorator(guard, "post")(type("ByMethod", (Codes,), {}))
    for view in (guard(Codes.as_view()), by_method.as_view()):
        assert iscoroutinefunction(view)
        request = RequestFactory().post("/", headers={"x-code": "right"})
        assert async_to_sync(view)(request).content == b"seen"
    assert world.told.kinds["attempt_succeeded"] == 2


def test_a_view_whose_answer_comes_after_its_attempt_is_refused(world: World) -> None:
    """Misuse is said, and gives no attempt away."""

    def view(request: HttpRequest, **_: object) -> object:
        return Codes().post(request, None)  # type: ignore[arg-type]  # it isn't awaited

    with pytest.raises(ConfigurationError, match="Decorate the result of as_view"):
        guarded(lambda _request: "alice", success={200})(view)(RequestFactory().post("/"))
    assert world.told.kinds["attempt_failed"] == 1


# Answers


def busy_page(_request: HttpRequest, answer: Answer) -> HttpResponse | None:
    return HttpResponse("our own", status=answer.status) if answer.status == 429 else None


def test_an_answer_of_your_own_takes_the_guards_place() -> None:
    """RESPOND makes it, and leaves to the guard what it doesn't care for. It isn't stored either."""
    with opened(RESPOND=f"{__name__}.busy_page"):
        browser = Client()
        assert enter(browser, "1") == 401
        for _ in range(3):
            answer = log_in(browser, password=WRONG)
        answer = log_in(browser, password=WRONG)
        assert (answer.content, answer["Cache-Control"]) == (b"our own", "no-store")


def test_without_a_template_engine_a_browser_gets_problem_details(world: World, browser: Client) -> None:
    """An API without templates has no page to show."""
    with override_settings(TEMPLATES=[]):
        for _ in range(3):
            log_in(browser, password=WRONG, path="/by-hand/")
        answer = log_in(browser, password=WRONG, path="/by-hand/", accept="text/html")
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")
    assert world.told.kinds["attempt_refused"] == 1


def refusal(world: World, **headers: str) -> HttpResponse:
    """Answer to a fourth guess."""
    for _ in range(3):
        log_in(Client(), password=WRONG)
    answer = log_in(Client(), password=WRONG, **{"accept": "text/html", **headers})
    assert (answer.status_code, world.told.kinds["attempt_refused"]) == (429, 1)
    assert isinstance(answer, HttpResponse)
    return answer


def test_a_page_of_your_own_takes_ours_place(world: World, tmp_path: Path) -> None:
    """It is given what may be told, and nothing about the account."""
    (tmp_path / "authguard").mkdir()
    page = "{{ status }} {{ title }}|{{ detail }}|{{ retry_after }}|{{ minutes }}|{{ request.path }}"
    (tmp_path / "authguard" / "refused.html").write_text(page)
    with override_settings(TEMPLATES=[{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]):
        body = refusal(world).content.decode()
    assert body == "429 Too Many Requests|Too many attempts. Try again later.|1|None|/login/"


def test_the_page_speaks_the_visitors_language(world: World) -> None:
    """As Django's own middleware, or the settings, choose it."""
    middleware = ["django.middleware.locale.LocaleMiddleware", *MIDDLEWARE]
    with override_settings(MIDDLEWARE=middleware), translation.override("en"):
        body = refusal(world, **{"accept-language": "de-AT"}).content.decode()
    assert '<html lang="de-at">' in body or '<html lang="de">' in body
    assert "Zu viele Versuche. Versuchen Sie es später noch einmal." in body
    assert "Warten Sie 1 Sekunde." in body


def test_long_waits_are_told_in_minutes(world: World) -> None:
    """Nobody reckons in 900 seconds."""
    for _ in range(5):
        log_in(Client(), password=WRONG)
        world.clock.advance(30)
    answer = log_in(Client(), password=WRONG, accept="text/html")
    assert "Wait 15 minutes." in answer.content.decode()
    with translation.override("de"):
        answer = log_in(Client(), password=WRONG, accept="text/html")
    assert "Warten Sie 15 Minuten." in answer.content.decode()


def test_every_answer_is_translated(world: World) -> None:
    """What is written is what has been compiled, and nothing that the page may say is missing."""
    source = Path(str(resources.files("authguard_django"))) / "locale" / "de" / "LC_MESSAGES"
    with (source / "django.mo").open("rb") as compiled:
        catalog = gettext.GNUTranslations(compiled)
    pair = r'^msgid "(.+)"\n(?:msgid_plural.*\n)?msgstr(?:\[0\])? "(.+)"$'
    written = re.findall(pair, po_of(source), re.MULTILINE)
    assert len(written) > 30
    for msgid, text in written:
        assert text in {catalog.gettext(msgid), catalog.ngettext(msgid, msgid, 1)}
    answers = [BUSY, FAILED, refused(outage()), refused(limited())]
    told = {str(answer.content[field]) for answer in answers for field in ("title", "detail")}
    assert told <= {msgid for msgid, _ in written}
    assert world.told.kinds["attempt_admitted"] == 0


def po_of(source: Path) -> str:
    """What is written."""
    return (source / "django.po").read_text(encoding="utf-8")


def outage() -> Decision:
    return Decision(verdict=Verdict.REFUSE, reason=Reason.STORAGE_FAILED)


def limited() -> Decision:
    return Decision(verdict=Verdict.REFUSE, reason=Reason.LIMITED)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/problem+json"),
        ("*/*", "application/problem+json"),
        ("image/avif,image/webp,*/*;q=0.8", "application/problem+json"),
        ("text/html", "text/html"),
        ("TEXT/HTML", "text/html"),
        ("text/*", "text/html"),
        ("text/html;q=0, */*", "application/problem+json"),
        ("application/json;q=0.9, text/html;q=0.8", "application/problem+json"),
        ("text/html, application/json", "text/html"),
        ("*/*;q=0.1, text/html", "text/html"),
        (";;,,=,\xff", "application/problem+json"),
        ("a" * 9_999, "application/problem+json"),
    ],
)
def test_a76_whatever_is_accepted_the_answer_is_a_page_or_data(world: World, accept: str, kind: str) -> None:
    """A browser names HTML; whoever takes anything gets problem details."""
    assert refusal(world, accept=accept)["Content-Type"].split(";")[0] == kind


def test_the_client_address_is_that_of_the_connection(world: World) -> None:
    """A header says nothing without a trusted proxy."""
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.7", headers={"x-forwarded-for": "192.0.2.1"})
    assert client_address_of(request).network == "203.0.113.7"
    assert world.told.kinds["attempt_admitted"] == 0


def test_a_response_that_nobody_has_tried_a_secret_for_is_left_alone(world: World, browser: Client) -> None:
    """No cookie, no header: pages are cached as ever."""
    answer = browser.get("/me/")
    assert not answer.has_header("Cache-Control")
    assert world.told.kinds["attempt_admitted"] == 0


def test_the_answer_of_an_attempt_says_nothing_but_its_status() -> None:
    """Its text may be logged."""
    with opened(), pytest.raises(AttemptError) as caught, attempt(None, "alice") as running:
        running.fail()
    assert str(caught.value) == "answered with 401"
