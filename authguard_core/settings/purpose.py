"""The settings of one purpose, and of passwords: text in, the core's rules out."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    field_validator,
    model_validator,
)

from authguard_core.counting.limits import Limit, Rule, format_duration, parse_duration
from authguard_core.decisions.policy import PurposePolicy
from authguard_core.errors import ConfigurationError
from authguard_core.passwords.lists.files import open_list
from authguard_core.passwords.policy import PasswordPolicy
from authguard_core.passwords.presets import PRESETS

__all__ = ["Milliseconds", "PasswordSettings", "PurposeSettings"]

OFF = "off"
FAILURE_CAP_MAX = 100


def _limit(value: object) -> Limit | None:
    if isinstance(value, Limit) or value is None or value == OFF:
        return value if isinstance(value, Limit) else None
    if not isinstance(value, str):
        raise ConfigurationError.of("limit", got=value, expected='text such as "5/15m"', do='Or write "off".')
    return Limit.parse(value)


def _duration(value: object) -> int:
    if not isinstance(value, str | int | float | timedelta):
        raise ConfigurationError.of("duration", got=value, expected='text such as "15m"', do="Write it so.")
    return parse_duration(value)


def _optional_duration(value: object) -> int | None:
    return None if value is None or value == OFF else _duration(value)


def _cap(value: object) -> int | None:
    if value is None or value == OFF:
        return None
    text = str(value)
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= FAILURE_CAP_MAX):
        raise ConfigurationError.of(
            "cap",
            got=value,
            expected=f"1 to {FAILURE_CAP_MAX}",
            do="NIST SP 800-63B-4, 3.2.2, allows no more.",
        )
    return int(text)


def _number(value: object) -> object:
    """Refuse what Python counts among the numbers and nobody else does."""
    if isinstance(value, bool):
        raise ConfigurationError.of("number", got=value, expected="a whole number", do="Write digits.")
    return value


def _words(value: object) -> object:
    """Read a comma-separated list; one value is one."""
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


def _written_limit(limit: Limit | None) -> str:
    return OFF if limit is None else str(limit)


def _written_duration(milliseconds: int | None) -> str:
    return OFF if milliseconds is None else format_duration(milliseconds)


# A dump is text that reads back: bare milliseconds would be taken for seconds.
_Duration = PlainSerializer(_written_duration, return_type=str)
OptionalLimit = Annotated[
    Limit | None, PlainValidator(_limit), PlainSerializer(_written_limit, return_type=str)
]
Milliseconds = Annotated[int, PlainValidator(_duration), _Duration]
OptionalMilliseconds = Annotated[int | None, PlainValidator(_optional_duration), _Duration]
Number = Annotated[int, BeforeValidator(_number)]


class _Frozen(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, hide_input_in_errors=True
    )


class PurposeSettings(_Frozen):
    """The limits of one purpose. ``"off"`` switches one off; a zero is refused."""

    account_limit: OptionalLimit = None
    """The budget of all unknown sources together."""
    device_limit: OptionalLimit = None
    """The budget of each known source; off: no source is ever known."""
    ip_limit: OptionalLimit = None
    subnet_limit: OptionalLimit = None
    lock: OptionalMilliseconds = None
    """How long a full window locks at first; at least the window."""
    lock_max: Milliseconds = 3_600_000
    delay_after: Annotated[Number, Field(ge=1)] = 3
    """From this many failures on the next attempt waits. At or above the limit: never."""
    delay: OptionalMilliseconds = None
    delay_max: Milliseconds = 30_000
    failure_cap: Annotated[int | None, PlainValidator(_cap)] = None
    known_by_address: bool = False
    """A success makes the pair of account and address a known source: for clients without cookies."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.account_limit is None:
            raise ConfigurationError.of(
                "account_limit", got=OFF, expected="a limit", do="Every purpose has one; raise it instead."
            )
        if self.known_by_address and self.device_limit is None:
            raise ConfigurationError.of(
                "known_by_address",
                got=True,
                expected="a device_limit beside it",
                do="Set the budget of a known source, or leave it out.",
            )
        for name, limit in (("account_limit", self.account_limit), ("device_limit", self.device_limit)):
            if limit:
                self._check_log(name, limit)
        self._check_order("lock_max", self.lock_max, "lock", self.lock)
        self._check_order("delay_max", self.delay_max, "delay", self.delay)
        return self

    def _check_log(self, name: str, limit: Limit) -> None:
        if limit.burst is not None:
            raise ConfigurationError.of(
                name,
                got=str(limit),
                expected="an exact limit",
                do="Lock and delay need the log: drop the burst.",
            )
        self._check_order("lock", self.lock, f"the window of {name}", limit.window)

    @staticmethod
    def _check_order(name: str, value: int | None, least_name: str, least: int | None) -> None:
        if value is not None and least is not None and value < least:
            raise ConfigurationError.of(
                name,
                got=format_duration(value),
                expected=f"at least {least_name}, {format_duration(least)}",
                do="Raise the one or lower the other.",
            )

    def policy(self) -> PurposePolicy:
        """Return the rules as the core wants them."""
        account = _rule(self.account_limit)
        if account is None:
            raise AssertionError(self)
        device = _rule(self.device_limit)
        return PurposePolicy(
            address=_rule(self.ip_limit),
            subnet=_rule(self.subnet_limit),
            account=self._guarded(account),
            device=self._guarded(device) if device else None,
            known_by_address=self.known_by_address,
        )

    def _guarded(self, rule: Rule) -> Rule:
        return rule._replace(
            delay_after=self.delay_after if self.delay else 0,
            delay=self.delay or 0,
            delay_max=self.delay_max if self.delay else 0,
            lock=self.lock or 0,
            lock_max=self.lock_max if self.lock else 0,
            cap=self.failure_cap or 0,
        )


def _rule(limit: Limit | None) -> Rule | None:
    return Rule(limit.count, limit.window, limit.burst or 0) if limit else None


class PasswordSettings(_Frozen):
    """What a new password must be (NIST SP 800-63B-4, 3.1.1.2)."""

    preset: Literal["nist", "asvs_l1", "legacy_8"] = "nist"
    """The standard whose values the next three have unless they are set."""
    min_length: Annotated[Number, Field(ge=8)] = PRESETS["nist"].min_length
    """In code points, where the password is the only factor. With a second one, 8 are enough."""
    max_length: Annotated[Number, Field(ge=64)] = PRESETS["nist"].max_length
    """In code points. What is longer is refused, never cut."""
    min_score: Annotated[Number, Field(ge=0, le=4)] = PRESETS["nist"].min_score
    """0 to 4: 3 takes 10⁸ guesses, 4 takes 10¹⁰."""
    site_words: Annotated[tuple[str, ...], BeforeValidator(_words)] = ()
    """What this site and its owner are called (OWASP ASVS 5.0, 6.1.2), separated by commas."""
    strict: bool = False
    """Refuse whatever contains a site word, the user's name or address, however strong the rest is."""
    truncates_at: Annotated[Number, Field(ge=1)] | None = None
    """After how many bytes the hash stops reading: 72 for bcrypt. What is longer is refused."""
    common_list: Path | None = None
    """A packed list of common or breached passwords in place of the built-in one."""

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, data: object) -> object:
        """Put the preset's values below what was set; an unknown preset is refused with the other fields."""
        if not isinstance(data, Mapping):
            return data
        given = cast("Mapping[str, object]", data)
        preset = PRESETS.get(str(given.get("preset", "nist")))
        return {**preset._asdict(), **given} if preset else given

    @field_validator("common_list")
    @classmethod
    def _readable(cls, path: Path | None) -> Path | None:
        """Refuse a list that can't be read now, not at the first registration."""
        if path is not None:
            open_list(path)
        return path

    @model_validator(mode="after")
    def _satisfiable(self) -> Self:
        if self.min_length > self.max_length:
            raise ConfigurationError.of(
                "max_length",
                got=self.max_length,
                expected=f"at least min_length, {self.min_length}",
                do="Raise the one or lower the other.",
            )
        return self

    def policy(self, *, guesses_per_second: float) -> PasswordPolicy:
        """Return the policy.

        Args:
            guesses_per_second: what the login lets through at one account, for the estimate of time.
        """
        return PasswordPolicy(
            min_length=self.min_length,
            max_length=self.max_length,
            min_score=self.min_score,
            site_words=self.site_words,
            strict=self.strict,
            truncates_at=self.truncates_at,
            common=open_list(self.common_list) if self.common_list else None,
            guesses_per_second=guesses_per_second,
        )
