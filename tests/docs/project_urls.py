"""The views of the project whose settings a page shows."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path


def me(request: HttpRequest) -> HttpResponse:
    """Who is signed in."""
    return HttpResponse(request.user.get_username())


urlpatterns = [path("admin/", admin.site.urls), path("me/", me)]
