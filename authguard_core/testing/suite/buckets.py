"""Claims about token buckets, for limits too large for an exact log."""

from authguard_core.counting.limits import Rule
from authguard_core.counting.ops import Admitted, Clear
from authguard_core.counting.refusal import Reason, Refusal, Scope
from authguard_core.testing.suite.lab import ACCOUNT, WINDOW, Lab, Suite, charge

__all__ = ["BucketClaims"]

BURST, LIMIT = 10, 90
BUCKET = charge("bucket", Rule(LIMIT, WINDOW, burst=BURST), Scope.SUBNET)
INTERVAL = WINDOW // LIMIT


class BucketClaims(Suite):
    """A bucket holds at most its burst, and gains a token an interval."""

    def test_a_full_bucket_admits_its_burst(self, lab: Lab) -> None:
        """Then one an interval, exactly when it says."""
        assert lab.admitted(BUCKET, of=20) == BURST
        assert lab.refusal(BUCKET) == Refusal(Reason.LIMITED, INTERVAL)
        lab.pass_time(INTERVAL - 1)
        assert lab.refusal(BUCKET) == Refusal(Reason.LIMITED, 1)
        lab.pass_time(1)
        assert lab.admitted(BUCKET, of=2) == 1

    def test_no_window_admits_more_than_burst_and_limit(self, lab: Lab) -> None:
        """However eagerly it is asked."""
        admitted = 0
        for _ in range(WINDOW // 5_000):
            admitted += lab.admitted(BUCKET, of=2)
            lab.pass_time(5_000)
        assert admitted == BURST + LIMIT - 1

    def test_a_bucket_is_full_again_in_the_end(self, lab: Lab) -> None:
        """And never fuller than full."""
        lab.admitted(BUCKET, of=20)
        lab.pass_time(100 * WINDOW)
        assert lab.admitted(BUCKET, of=20) == BURST

    def test_a_success_gives_its_token_back_once(self, lab: Lab) -> None:
        """What comes again gives nothing."""
        running = lab.fail(BUCKET, ACCOUNT, times=1)[0]
        lab.admitted(BUCKET, of=20)
        for _ in range(3):
            lab.settle(running)
        assert lab.admitted(BUCKET, of=5) == 1

    def test_a_token_that_came_back_by_itself_is_not_given_back(self, lab: Lab) -> None:
        """It would be somebody else's."""
        running = lab.admit(BUCKET, ACCOUNT)
        lab.pass_time(INTERVAL)
        assert lab.admitted(BUCKET, of=20) == BURST
        lab.settle(running)
        assert lab.refusal(BUCKET).reason is Reason.LIMITED

    def test_clearing_fills_a_bucket(self, lab: Lab) -> None:
        """To the brim."""
        lab.admitted(BUCKET, of=20)
        lab.one(Clear((BUCKET,)))
        assert lab.admitted(BUCKET, of=20) == BURST

    def test_a_look_at_a_bucket_shows_what_it_would_say(self, lab: Lab) -> None:
        """It lists no failures."""
        lab.admitted(BUCKET, of=20)
        assert lab.view(BUCKET) == (Scope.SUBNET, 0, 0, 0, Refusal(Reason.LIMITED, INTERVAL))

    def test_a_bucket_in_a_clock_that_goes_back_gains_nothing(self, lab: Lab) -> None:
        """Its time never goes back."""
        lab.admitted(BUCKET, of=20)
        lab.pass_time(-WINDOW)
        assert lab.refusal(BUCKET) == Refusal(Reason.LIMITED, INTERVAL)
        lab.pass_time(WINDOW + INTERVAL)
        assert isinstance(lab.ask(BUCKET), Admitted)
