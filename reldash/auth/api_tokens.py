"""API tokens: for scripts, shown once, named, expiring, revocable."""

from datetime import timedelta
from uuid import UUID

from reldash.auth.base import AccountsBase, actor_of
from reldash.auth.input_validation import clean_address, parse_name
from reldash.auth.rules import AccountError
from reldash.auth.secrets import new_token, token_hash
from reldash.domain.accounts import ApiToken, SessionUser

PREFIX = "rd_"  # by which secret scanners know it
MAX_DAYS = 365
MAX_TOKENS = 20  # live ones of one user


class ApiTokens(AccountsBase):
    """API tokens of a user; they may do what the user may at the moment they are shown."""

    def create_token(
        self, who: SessionUser, name: str, days: int, address: str
    ) -> tuple[str, ApiToken]:
        """A new token: its text, which nobody can be shown again, and what is kept of it.

        Raises:
            AccountError: the name or the number of days cannot be, or there are too many.
        """
        name = parse_name(name)
        if not 1 <= days <= MAX_DAYS:
            raise AccountError("Lifetime not possible", f"1 to {MAX_DAYS} days, found {days}")
        token = PREFIX + new_token()
        with self._transaction() as tx:
            self._lock_own_user(tx, who)
            if len(tx.tokens.list_live(who.user_id)) >= MAX_TOKENS:
                raise AccountError("Too many tokens", f"revoke one first: at most {MAX_TOKENS}")
            added = tx.tokens.add(token_hash(token), who.user_id, name, timedelta(days=days))
            tx.audit.write(
                actor_of(who, clean_address(address)), "made an API token", detail={"name": name}
            )
        return token, added

    def list_tokens(self, who: SessionUser) -> list[ApiToken]:
        """The user's live tokens, the newest first."""
        with self._transaction() as tx:
            return tx.tokens.list_live(who.user_id)

    def revoke_token(self, who: SessionUser, token_id: str, address: str) -> bool:
        """End one of the user's own tokens; False if it is none of theirs or over."""
        try:
            token_id = str(UUID(token_id))
        except ValueError:
            return False
        with self._transaction() as tx:
            self._lock_own_user(tx, who)
            revoked = tx.tokens.revoke(who.user_id, token_id)
            if revoked:
                tx.audit.write(actor_of(who, clean_address(address)), "revoked an API token")
        return revoked

    def check_token(self, token: str) -> SessionUser | None:
        """Who an API token is of, as they are at this moment; None if it is over."""
        if not token.startswith(PREFIX):
            return None
        with self._transaction() as tx:
            return tx.tokens.check(token_hash(token))
