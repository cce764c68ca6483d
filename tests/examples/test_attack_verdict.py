"""Claims about how the attack on an example is counted and judged."""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.attack.addresses import made_up_name, made_up_password, networks
from examples.attack.tally import Aim, Row, Scenario, Try, tally
from examples.attack.verdict import HEADINGS, STEP_UP, Limits, Verdict, cells, judge

LIMITS = Limits(account=5, address=30)
TRIES = st.builds(
    Try,
    st.sampled_from(Scenario),
    st.sampled_from(Aim),
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(["10.0.0.1", "10.0.1.1"]),
    st.sampled_from([200, 400, 401, 403, 429, 500, 503]),
)


def tried(
    *statuses: int,
    aim: Aim = Aim.WRONG_GUESS,
    account: str = "a",
    address: str = "10.0.0.1",
    scenario: Scenario = Scenario.BRUTE_FORCE,
) -> list[Try]:
    return [Try(scenario, aim, account, address, status) for status in statuses]


def row_of(tries: Iterable[Try]) -> Row:
    (row,) = tally(list(tries))
    return row


def kept(scenario: Scenario) -> list[Try]:
    """A scenario in which all went as promised, up to the edge of each limit."""
    attack = tried(*[401] * LIMITS.account, 429, scenario=scenario)
    attack += tried(429, aim=Aim.RIGHT_GUESS, scenario=scenario)
    return attack + tried(200, 200, aim=Aim.OWNER, scenario=scenario)


def verdict_with(*spoilers: Try) -> Verdict:
    """The verdict on an attack in which all else went as promised."""
    good = [attempt for scenario in Scenario for attempt in kept(scenario)]
    return judge(tally([*good, *spoilers]), LIMITS)


def broken(verdict: Verdict) -> list[str]:
    return [promise.text for promise in verdict.promises if promise.broken_by]


# ---------------------------------------------------------------- counting


@given(st.lists(TRIES))
def test_every_try_of_an_attacker_is_counted_once(tries: list[Try]) -> None:
    """Over all rows, tries of attackers and of owners add up to all that was tried."""
    rows = tally(tries)
    assert sum(row.tries + row.owner_tries for row in rows) == len(tries)


@given(st.lists(TRIES))
def test_the_order_of_answers_does_not_matter(tries: list[Try]) -> None:
    """Parallel answers arrive in any order and give the same rows."""
    assert tally(tries) == tally(tries[::-1])


def test_a_password_was_checked_if_it_was_accepted_or_rejected() -> None:
    """200 and 401 are checked passwords; 429 and 503 were answered before anything was checked."""
    row = row_of(tried(200, 401, 401, 429, 429, 429, 503))
    assert (row.tries, row.checked, row.refused, row.unexpected) == (7, 3, 4, ())


def test_any_other_answer_is_neither_checked_nor_refused() -> None:
    """A crash or a rejected request is told by its status, the owner's too."""
    row = row_of([*tried(500, 500, 401, 422), *tried(404, aim=Aim.OWNER)])
    assert (row.checked, row.refused, row.unexpected) == (1, 0, (404, 422, 500))


def test_checks_of_an_account_add_up_over_addresses() -> None:
    """Rotating addresses doesn't hide how many passwords of one account were checked."""
    tries = [attempt for number in range(7) for attempt in tried(401, address=f"10.0.{number}.1")]
    assert (row_of(tries).most_per_account, row_of(tries).most_per_address) == (7, 1)


def test_checks_of_an_address_add_up_over_accounts() -> None:
    """Spraying doesn't hide how many passwords were checked for one address."""
    tries = [attempt for number in range(7) for attempt in tried(401, account=f"account {number}")]
    assert (row_of(tries).most_per_account, row_of(tries).most_per_address) == (1, 7)


def test_refused_tries_count_for_no_limit() -> None:
    """What was refused was not checked, however often it was tried."""
    row = row_of(tried(*[429] * 100))
    assert (row.most_per_account, row.most_per_address) == (0, 0)


def test_an_account_entered_twice_is_taken_once() -> None:
    """The table counts accounts, not the tries that got in."""
    assert row_of(tried(200, 200, aim=Aim.RIGHT_GUESS)).taken == 1


@pytest.mark.parametrize("aim", [Aim.RIGHT_GUESS, Aim.WRONG_GUESS])
def test_an_accepted_guess_takes_the_account(aim: Aim) -> None:
    """Also a wrong password that is let in: that would be the worst of all."""
    row = row_of(tried(401, 200, aim=aim))
    assert (row.taken, row.stolen) == (1, 0)


def test_a_stolen_valid_pair_is_not_guessing() -> None:
    """Whoever knows the password enters the account without taking it by guessing."""
    tries = [*tried(200, aim=Aim.STOLEN_PAIR), *tried(401, aim=Aim.STOLEN_PAIR, account="b")]
    assert (row_of(tries).taken, row_of(tries).stolen, row_of(tries).checked) == (0, 1, 2)


def test_the_owners_sign_ins_are_not_the_attackers() -> None:
    """The owner's tries count for the success rate alone."""
    row = row_of([*tried(200, 200, 429, aim=Aim.OWNER), *tried(401)])
    assert (row.owner_tries, row.owner_successes) == (3, 2)
    assert (row.tries, row.checked, row.most_per_account, row.taken) == (1, 1, 1, 0)


def test_rows_come_in_the_order_of_the_scenarios() -> None:
    """Whatever was answered first, the table reads the same."""
    tries = [attempt for scenario in reversed(Scenario) for attempt in kept(scenario)]
    assert [row.scenario for row in tally(tries)] == list(Scenario)


# ---------------------------------------------------------------- judging


def test_an_attack_up_to_the_edge_of_all_limits_holds() -> None:
    """Exactly N checked passwords keep the promise; the exit code is 0."""
    verdict = verdict_with()
    assert (broken(verdict), verdict.unproven, verdict.exit_code) == ([], (), 0)


@pytest.mark.parametrize("scenario", Scenario)
def test_one_password_too_many_for_an_account_breaks_the_promise(scenario: Scenario) -> None:
    """N + 1 checked passwords of one account in any scenario are told, and the exit code is 1."""
    verdict = verdict_with(*tried(401, address="10.9.9.9", scenario=scenario))
    (promise,) = [promise for promise in verdict.promises if promise.broken_by]
    assert promise == ("At most 5 passwords were checked for an account", (f"{scenario.value}: 6 checked",))
    assert verdict.exit_code == 1


def test_one_password_too_many_for_an_address_breaks_the_promise() -> None:
    """31 checked passwords from one address are one too many, however many accounts they were spread over."""
    spread = [
        attempt for number in range(31) for attempt in tried(401, account=f"{number}", address="10.9.9.9")
    ]
    assert broken(verdict_with(*spread[:30])) == []
    assert broken(verdict_with(*spread)) == ["At most 30 passwords were checked for an address"]


@pytest.mark.parametrize("aim", [Aim.RIGHT_GUESS, Aim.WRONG_GUESS])
def test_an_account_taken_by_guessing_breaks_the_promise(aim: Aim) -> None:
    """One accepted guess is enough, though no limit was exceeded."""
    verdict = verdict_with(*tried(200, aim=aim, account="b", address="10.9.9.9", scenario=Scenario.RACE))
    assert (broken(verdict), verdict.exit_code) == (["No account was taken by guessing"], 1)


def test_an_account_entered_with_a_stolen_pair_breaks_no_promise() -> None:
    """Limits don't promise to stop who knows the password; step-up does."""
    verdict = verdict_with(*tried(200, aim=Aim.STOLEN_PAIR, account="b", scenario=Scenario.STUFFING))
    assert (broken(verdict), verdict.exit_code) == ([], 0)


@pytest.mark.parametrize("status", [401, 429, 503])
def test_an_owner_who_is_turned_away_once_breaks_the_promise(status: int) -> None:
    """Nothing below 100 % keeps the promise to the owner."""
    verdict = verdict_with(*tried(status, aim=Aim.OWNER, scenario=Scenario.LOCK_OUT))
    assert broken(verdict) == ["The owner got in each time, in a browser that had signed in before"]
    assert verdict.exit_code == 1


def test_an_answer_outside_the_contract_breaks_the_promise() -> None:
    """A guard that crashes under attack hasn't kept its word, and the status is told."""
    verdict = verdict_with(*tried(500, 502, scenario=Scenario.SPRAYING))
    assert [promise.broken_by for promise in verdict.promises if promise.broken_by] == [
        ("Spraying: answered 500, 502",)
    ]


def test_a_limit_that_was_not_reached_proves_nothing() -> None:
    """Without the right password among the guesses "none taken" says nothing: the exit code is 2."""
    harmless = [attempt for attempt in kept(Scenario.RACE) if attempt.aim is not Aim.RIGHT_GUESS]
    others = [attempt for scenario in Scenario if scenario is not Scenario.RACE for attempt in kept(scenario)]
    verdict = judge(tally([*others, *harmless]), LIMITS)
    assert (verdict.exit_code, len(verdict.unproven)) == (2, 1)
    assert verdict.unproven[0].startswith("50-way race")


@pytest.mark.parametrize("missing", Scenario)
def test_a_scenario_that_was_not_played_proves_nothing(missing: Scenario) -> None:
    """All five have to be played for an exit code of 0."""
    others = [attempt for scenario in Scenario if scenario is not missing for attempt in kept(scenario)]
    verdict = judge(tally(others), LIMITS)
    assert (verdict.unproven, verdict.exit_code) == ((f"{missing.value}: was not played",), 2)


def test_an_owner_who_never_tries_proves_nothing() -> None:
    """The success rate of an absent owner is no success."""
    absent = [
        attempt
        for scenario in Scenario
        for attempt in kept(scenario)
        if (scenario, attempt.aim) != (Scenario.LOCK_OUT, Aim.OWNER)
    ]
    verdict = judge(tally(absent), LIMITS)
    assert (verdict.unproven, verdict.exit_code) == (("Lock-out: the owner did not try to sign in",), 2)


def test_a_broken_promise_outweighs_an_unproven_one() -> None:
    """What was seen to break is told by the exit code even if not all was put to the test."""
    verdict = judge(tally(tried(*[401] * 6)), LIMITS)
    assert (verdict.exit_code, bool(verdict.unproven)) == (1, True)


def test_other_limits_are_judged_by_what_they_promise() -> None:
    """The judge holds a target to the limit it was told, not to the default."""
    rows = tally([attempt for scenario in Scenario for attempt in kept(scenario)])
    assert judge(rows, Limits(account=4)).exit_code == 1


# ---------------------------------------------------------------- telling


def test_a_row_has_a_cell_for_each_heading() -> None:
    """The table's columns are those of its headings, in their order."""
    row = row_of([*tried(401, 401, 429, 200), *tried(401, account="b")])
    assert dict(zip(HEADINGS, cells(row), strict=True)) == {
        "Scenario": "Brute force",
        "Tries": "5",
        "Passwords checked": "4",
        "Most per account": "3",
        "Refused": "1",
        "Taken by guessing": "1",
        "Entered with a stolen pair": "0",
        "Owner's success": "-",
    }


def test_the_row_of_a_stolen_pair_names_the_answer() -> None:
    """Where stolen pairs got in, the table says what helps: step-up."""
    assert STEP_UP in cells(row_of(tried(200, aim=Aim.STOLEN_PAIR)))[0]


def test_a_hundred_per_cent_is_said_of_nothing_less() -> None:
    """999 of 1000 is 99 %, so that the table never says more than the verdict."""
    assert cells(row_of(tried(*[200] * 999, 429, aim=Aim.OWNER)))[-1] == "99 %"
    assert cells(row_of(tried(200, aim=Aim.OWNER)))[-1] == "100 %"


# ---------------------------------------------------------------- addresses and names


def test_rotating_addresses_never_share_a_network() -> None:
    """Thousands of addresses in a row lie in as many private /24 networks."""
    addresses = list(islice(networks(), 5000))
    assert len({ip_network(f"{address}/24", strict=False) for address in addresses}) == 5000
    assert all(ip_address(address) in ip_network("10.0.0.0/8") for address in addresses)


def test_made_up_names_and_passwords_are_fresh() -> None:
    """Each run attacks accounts of its own, with passwords that are long enough."""
    assert len({made_up_name() for _ in range(100)} | {made_up_password() for _ in range(100)}) == 200
    assert len(made_up_password()) >= 15
