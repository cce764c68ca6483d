"""The views of the Django adapter's tests: Django's own, REST framework's, and some of their own."""

import asyncio
import threading
from io import BytesIO
from typing import Any

from django.contrib import admin
from django.contrib.auth import aauthenticate, alogin, authenticate, login
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.models import User
from django.contrib.auth.views import (
    LoginView,
    PasswordChangeView,
    PasswordResetConfirmView,
    PasswordResetView,
)
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from rest_framework.authentication import BasicAuthentication
from rest_framework.authtoken.views import obtain_auth_token
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from authguard_core.errors import HasherBusy
from authguard_django import RunningAttempt, aread_fields, attempt, guarded, read_fields, reset_completed
from tests.adapters.django_world import PasswordChangeForm, files, mailed, threads


class Profile(APIView):
    """Who signs each request."""

    authentication_classes = (BasicAuthentication,)
    permission_classes = (IsAuthenticated,)

    def get(self, request: Request) -> Response:
        return Response({"username": request.user.get_username()})


def _more(data: Any) -> str:  # noqa: ANN401 - a dictionary, of either kind
    return str(data["more"])


class Reading(APIView):
    """Reads the credentials as the guard does, and the rest as REST framework does."""

    authentication_classes = ()
    permission_classes = ()

    def post(self, request: Request) -> Response:
        return Response({"name": read_fields(request).identity, "more": _more(request.data)})


def me(request: HttpRequest) -> HttpResponse:
    """Who is signed in."""
    return JsonResponse({"username": request.user.get_username()})


def by_hand(request: HttpRequest) -> HttpResponse:
    """Authenticate without signing in; the status tells."""
    user = authenticate(request, username=request.POST["username"], password=request.POST["password"])
    return HttpResponse(status=200 if user else 403)


def either(request: HttpRequest) -> HttpResponse:
    """Try two names with one password."""
    names = request.POST.getlist("username")
    found = [authenticate(request, username=name, password=request.POST["password"]) for name in names]
    return HttpResponse(status=200 if any(found) else 403)


def in_and_again(request: HttpRequest) -> HttpResponse:
    """Sign one in, and try another one's password."""
    first, second = request.POST.getlist("username")
    user = authenticate(request, username=first, password=request.POST["password"])
    login(request, user)
    authenticate(request, username=second, password=request.POST["password"])
    return HttpResponse("in")


def by_token(request: HttpRequest) -> HttpResponse:
    """Sign in by a mailed token."""
    user = authenticate(request, token=request.POST["token"])
    if user is not None:
        login(request, user)
    return HttpResponse(status=200 if user else 403)


@csrf_exempt
def by_query(request: HttpRequest) -> HttpResponse:
    """Take the credentials from the query."""
    user = authenticate(request, username=request.GET["username"], password=request.GET["password"])
    return HttpResponse(status=200 if user else 403)


def file(request: HttpRequest) -> FileResponse:
    """Send a file, whoever asks."""
    authenticate(request, username=request.POST["username"], password=request.POST["password"])
    files.append(BytesIO(b"x"))
    return FileResponse(files[-1])


async def batch(request: HttpRequest) -> HttpResponse:
    """Try names one after another, on the event loop."""
    for name in request.POST.getlist("username"):
        user = await aauthenticate(request, username=name, password=request.POST["password"])
        if user is None:
            return HttpResponse(status=403)
    return HttpResponse("in")


@transaction.atomic
def broken(request: HttpRequest) -> HttpResponse:
    """Break down after the check, in a transaction of the request's own."""
    authenticate(request, username=request.POST["username"], password=request.POST["password"])
    raise RuntimeError("broken down")


async def api_login(request: HttpRequest) -> HttpResponse:
    """Sign in on the event loop."""
    threads.append(threading.get_ident())
    fields = await aread_fields(request)
    user = await aauthenticate(request, username=fields.identity, password=fields["password"])
    if user is None:
        return JsonResponse({}, status=401)
    await alogin(request, user)
    return JsonResponse({"username": user.get_username()})


async def no_database(request: HttpRequest) -> HttpResponse:
    """Check a secret without any database."""
    threads.append(threading.get_ident())
    async with attempt(request, request.headers["x-name"]) as running:
        await asyncio.sleep(0)
        if request.headers["x-code"] != "right":
            running.fail()
        running.succeed()
    return HttpResponse("in")


def check_code(request: HttpRequest) -> HttpResponse:
    """Read the credentials, and check them, in the view."""
    fields = read_fields(request)
    with attempt(request, fields.identity, purpose="otp") as running:
        if fields["password"] == "busy":
            raise HasherBusy
        if fields["password"] != "right":
            running.fail()
        running.succeed(remember=False)
    return HttpResponse("in")


@guarded("username", purpose="otp")
def decorated(request: HttpRequest, *, attempt: RunningAttempt | None = None) -> HttpResponse:
    """Say itself what is right."""
    if attempt and request.POST["code"] == "right":
        attempt.succeed()
    return HttpResponse("form" if attempt is None else "seen")


@guarded(lambda request: request.headers.get("x-name"), success={204})
async def by_status(request: HttpRequest) -> HttpResponse:
    """Say by its status what is right."""
    return HttpResponse(status=204 if request.headers.get("x-code") == "right" else 400)


def reset(request: HttpRequest) -> HttpResponse:
    """Complete a reset."""
    reset_completed(request, User.objects.get(username=request.POST["username"]))
    return HttpResponse("changed")


def change_own(request: HttpRequest) -> HttpResponse:
    """Set a password anew: one's own, or another's."""
    user = User.objects.get(username=request.POST["username"])
    user.set_password(request.POST["password"])
    user.save()
    return HttpResponse("changed")


def sign_up(request: HttpRequest) -> HttpResponse:
    """Sign in whom nobody has authenticated."""
    user = User.objects.get(username=request.POST["username"])
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponse("in")


class ResetForm(PasswordResetForm):
    """Sends no mail, but notes to whom."""

    def send_mail(self, *args: object, **_: object) -> None:
        mailed.append(str(args[4]))


change_password = PasswordChangeView.as_view(form_class=PasswordChangeForm, success_url="/me/")
send_link = PasswordResetView.as_view(form_class=ResetForm, success_url="/me/")
redeem_link = PasswordResetConfirmView.as_view(success_url="/me/")

urlpatterns = [
    path("admin/password_change/", admin.site.admin_view(change_password)),
    path("admin/", admin.site.urls),
    path("login/", LoginView.as_view(template_name="admin/login.html", next_page="/me/")),
    path("me/", me),
    path("api/profile/", Profile.as_view()),
    path("api/read/", Reading.as_view()),
    path("api/token/", obtain_auth_token),
    path("api/login/", csrf_exempt(api_login)),
    path("by-hand/", by_hand),
    path("either/", either),
    path("in-and-again/", in_and_again),
    path("by-token/", by_token),
    path("by-query/", by_query),
    path("file/", file),
    path("batch/", batch),
    path("broken/", broken),
    path("no-database/", no_database),
    path("code/", csrf_exempt(check_code)),
    path("decorated/", decorated),
    path("by-status/", by_status),
    path("reset/", reset),
    path("change/", change_own),
    path("sign-up/", sign_up),
    path("password/", change_password),
    path("password-reset/", guarded("email", purpose="reset")(send_link)),
    path("password-reset/<uidb64>/<token>/", redeem_link, name="password_reset_confirm"),
]
