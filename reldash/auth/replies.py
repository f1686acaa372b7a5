"""Uniform replies that never reveal whether an address has an account."""

from datetime import timedelta

from reldash.auth.outcomes import NextStep, Outcome

RESEND_PAUSE = timedelta(seconds=60)
_NO_WAIT = timedelta(0)


def sign_in_refused(wait: timedelta = _NO_WAIT) -> Outcome:
    """Reply to every failed password sign-in, whatever the reason."""
    return Outcome(
        NextStep.AGAIN,
        "Not signed in",
        "Email address or password is wrong, or there were too many attempts. "
        "You can always sign in with a code by email.",
        wait,
    )


def code_sent(wait: timedelta) -> Outcome:
    """Reply to every request for a code, whether or not there is an account."""
    return Outcome(
        NextStep.CODE,
        "Check your email",
        "If this address has an account, an email with a code is on its way.",
        wait or RESEND_PAUSE,
    )


def code_refused() -> Outcome:
    """Reply to every code that is not accepted, whatever the reason."""
    return Outcome(
        NextStep.AGAIN,
        "Code not accepted",
        "It is wrong, used or older than ten minutes, or there were too many attempts. "
        "Try the long code from the same email: other people's attempts cannot use it up.",
    )


def sign_up_expired() -> Outcome:
    """Reply to a sign-up that is already completed, or started more than a day ago."""
    return Outcome(NextStep.AGAIN, "Sign-up expired", "Sign in, or start a new sign-up.")


def too_many_attempts(wait: timedelta) -> Outcome:
    """Reply to a client that exceeds a rate limit."""
    return Outcome(NextStep.AGAIN, "Too many attempts", "Wait a little, then try again.", wait)
