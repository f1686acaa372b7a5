"""What people hear: one answer for all reasons that must not be told apart."""

from datetime import timedelta

from reldash.auth.rules import NextStep, Outcome

RESEND_PAUSE = timedelta(seconds=60)
_NONE = timedelta(0)


def sign_in_refused(wait: timedelta = _NONE) -> Outcome:
    """To everybody whose sign-in by password failed."""
    return Outcome(
        NextStep.AGAIN,
        "Not signed in",
        "E-mail address or password is wrong, or there were too many tries. "
        "You can always sign in with a code from your mail.",
        wait,
    )


def code_sent(wait: timedelta) -> Outcome:
    """To everybody who asks for a code, whether there is an account or not."""
    return Outcome(
        NextStep.CODE,
        "Look into your mail",
        "If there is an account with this address, a mail with a code is on its way.",
        wait or RESEND_PAUSE,
    )


def code_refused() -> Outcome:
    """To everybody whose code was not accepted."""
    return Outcome(
        NextStep.AGAIN,
        "Code not accepted",
        "It is wrong, used, older than ten minutes, or there were too many tries. "
        "The long code of the same mail still works where the short one does not.",
    )


def sign_up_expired() -> Outcome:
    """To whoever goes on with a sign-up that is done, or was begun more than a day ago."""
    return Outcome(NextStep.AGAIN, "Sign-up is over", "Sign in, or begin a new sign-up.")


def too_many_attempts(wait: timedelta) -> Outcome:
    """To a client that asked too often."""
    return Outcome(NextStep.AGAIN, "Too many tries", "Wait a little, then try again.", wait)
