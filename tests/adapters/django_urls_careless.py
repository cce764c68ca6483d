"""Password changes of all kinds, most of which nobody guards."""

from django.contrib.admin import AdminSite
from django.contrib.auth.views import PasswordChangeView
from django.urls import include, path

from authguard_django import guarded
from tests.adapters.django_world import PasswordChangeForm


class Derived(PasswordChangeView):
    """An application's own."""


careful = PasswordChangeView.as_view(form_class=PasswordChangeForm)
guard = guarded(lambda request: request.user.get_username(), success={302})
site, our_site = AdminSite(), AdminSite("ours")
setattr(our_site, "password_change_form", PasswordChangeForm)  # noqa: B010 - Django 5.2 doesn't know it

urlpatterns = [
    path("plain/", PasswordChangeView.as_view()),
    path("derived/", include([path("", Derived.as_view())])),
    path("formed/", careful),
    path("decorated/", guard(PasswordChangeView.as_view())),
    path("shadowed/", careful),
    path("shadowed/", PasswordChangeView.as_view()),
    path("admin/", site.urls),
    path("our-admin/", our_site.urls),
]
