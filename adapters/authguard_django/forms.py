"""Django's form for a password change, whose old password is guarded."""

from django.contrib.auth import forms
from django.views.decorators.debug import sensitive_variables

from authguard_django.contexts import attempt
from authguard_django.exchange import running

__all__ = ["PasswordChangeForm"]


class PasswordChangeForm(forms.PasswordChangeForm):
    """Asks for the old password as an attempt: whoever finds an open session doesn't get it by guessing.

    ::

        path("password/", PasswordChangeView.as_view(form_class=PasswordChangeForm)),

        admin.site.password_change_form = PasswordChangeForm

    A right old password is given back, whatever is wrong with the new one.

    Raises:
        authguard_django.AttemptError: On cleaning, if the attempt is refused. The middleware answers
            with 429.
    """

    required_css_class = "required"

    @sensitive_variables()
    def clean_old_password(self) -> str:
        """Compare the old password, if there may be an attempt now."""
        exchange = running.get()
        with attempt(exchange.request if exchange else None, self.user.get_username()) as tried:
            old_password: str = super().clean_old_password()
            tried.succeed()
        return old_password
