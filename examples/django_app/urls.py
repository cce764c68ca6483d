"""The project's paths: the shop's, and the admin."""

from django.contrib import admin
from django.contrib.auth.views import PasswordChangeView
from django.urls import path, reverse_lazy

from authguard_django.forms import PasswordChangeForm
from examples.django_app import views
from examples.django_app.parts import by_method

handler404 = "examples.django_app.parts.not_found"

change_password = PasswordChangeView.as_view(
    form_class=PasswordChangeForm,
    success_url=reverse_lazy("admin:password_change_done"),
    extra_context={"has_permission": True},  # the admin's template asks for it
)

urlpatterns = [
    path("", by_method(GET=views.home)),
    path("admin/password_change/", admin.site.admin_view(change_password)),
    path("admin/", admin.site.urls),
    path("healthz", by_method(GET=views.healthz)),
    path("static/<name>", by_method(GET=views.static)),
    path("me", by_method(GET=views.me)),
    path("outbox", by_method(GET=views.outbox)),
    path("login", by_method(POST=views.login)),
    path("logout", by_method(POST=views.logout)),
    path("register", by_method(POST=views.register)),
    path("password/assess", by_method(POST=views.assess)),
    path("confirm", by_method(GET=views.confirm)),
    path("reset", by_method(POST=views.reset)),
    path("reset/confirm", by_method(GET=views.reset_page, POST=views.reset_confirm)),
]
