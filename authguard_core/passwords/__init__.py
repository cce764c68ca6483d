"""The password policy: reject what attackers try first, explain it, and never stall the server.

::

    policy = PasswordPolicy(site_words=["example"])
    assessment = policy.check(password, context=PasswordContext(username="ann", email="ann@example.org"))
    if not assessment.ok:
        return assessment.feedback          # [{"code": "too_common", "message": "..."}]
"""

from authguard_core.passwords.assessment import Assessment, CrackTimes
from authguard_core.passwords.context import PasswordContext
from authguard_core.passwords.exposure import Exposure
from authguard_core.passwords.findings import Advice, AdviceCode, Code, Finding
from authguard_core.passwords.policy import PasswordPolicy

__all__ = [
    "Advice",
    "AdviceCode",
    "Assessment",
    "Code",
    "CrackTimes",
    "Exposure",
    "Finding",
    "PasswordContext",
    "PasswordPolicy",
]
