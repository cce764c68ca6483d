"""What a policy promises, in words an operator can check against his wishes."""

from authguard_core.counting.limits import Limit, Rule, format_duration
from authguard_core.decisions.policy import Policy, PurposePolicy

__all__ = ["describe"]


def describe(policy: Policy) -> str:
    """Return a line for every counter of every purpose, with the bound it holds."""
    return "\n".join(f"{name}: {line}" for name, rules in policy.purposes.items() for line in _lines(rules))


def _lines(rules: PurposePolicy) -> list[str]:
    counters = (
        ("each address", rules.address),
        ("each subnet", rules.subnet),
        ("each account", rules.account),
        ("each known source of an account", rules.device),
    )
    return [f"{who}: {_rule(rule)}" for who, rule in counters if rule is not None]


def _rule(rule: Rule) -> str:
    limit = Limit(count=rule.limit, window=rule.window, burst=rule.burst or None)
    return "; ".join([limit.bound, *_more(rule)])


def _more(rule: Rule) -> list[str]:
    parts: list[str] = []
    if rule.delay and rule.delay_after < rule.limit:
        parts.append(
            f"from failure {rule.delay_after} on a wait of {format_duration(rule.delay)}, doubling"
            f" to {format_duration(rule.delay_max)}"
        )
    if rule.lock:
        parts.append(
            f"then a lock of {format_duration(rule.lock)}, doubling to {format_duration(rule.lock_max)}"
        )
    if rule.cap:
        parts.append(f"at most {rule.cap} consecutive failures")
    return parts
