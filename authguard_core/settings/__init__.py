"""Settings: one frozen model, read from code, a mapping, the environment, or the defaults.

In that order of precedence: code over mapping over environment over defaults. The
environment's names begin with ``AUTHGUARD_`` and nest with ``__``, as in
``AUTHGUARD_LOGIN__ACCOUNT_LIMIT=5/15m``. Every refusal says what was got, what was
expected and what to do, and repeats no secret.
"""

from authguard_core.settings.model import Settings
from authguard_core.settings.purpose import PasswordSettings, PurposeSettings

__all__ = ["PasswordSettings", "PurposeSettings", "Settings"]
