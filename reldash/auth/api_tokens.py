"""API tokens for scripts: named, shown once, expiring, revocable."""

from datetime import timedelta
from uuid import UUID

from reldash.auth.base import AccountsBase, actor_of
from reldash.auth.input_validation import clean_address, parse_name
from reldash.auth.outcomes import AccountError
from reldash.auth.secrets import new_token, token_hash
from reldash.domain.accounts import ApiToken, SessionUser

PREFIX = "rd_"  # lets secret scanners recognise our tokens
MAX_DAYS = 365
MAX_TOKENS = 20  # live tokens per user


class ApiTokens(AccountsBase):
    """API tokens of a user. A token has the rights that its user has when it is used."""

    def create_token(
        self, session_user: SessionUser, name: str, days: int, address: str
    ) -> tuple[str, ApiToken]:
        """Create a token; returns its text, which is not stored, and its record.

        Raises:
            AccountError: the name or the number of days is not acceptable, or there are too many.
        """
        name = parse_name(name)
        if not 1 <= days <= MAX_DAYS:
            raise AccountError("Invalid lifetime", f"expected 1 to {MAX_DAYS} days, found {days}")
        token = PREFIX + new_token()
        with self._transaction() as tx:
            self._lock_own_user(tx, session_user)
            if len(tx.tokens.list_live(session_user.user_id)) >= MAX_TOKENS:
                raise AccountError("Too many tokens", f"at most {MAX_TOKENS}: revoke one first")
            added = tx.tokens.add(
                token_hash(token), session_user.user_id, name, timedelta(days=days)
            )
            tx.audit.write(
                actor_of(session_user, clean_address(address)),
                "made an API token",
                detail={"name": name},
            )
        return token, added

    def list_tokens(self, session_user: SessionUser) -> list[ApiToken]:
        """List the user's live tokens, newest first."""
        with self._transaction() as tx:
            return tx.tokens.list_live(session_user.user_id)

    def revoke_token(self, session_user: SessionUser, token_id: str, address: str) -> bool:
        """Revoke one of the user's own tokens; False if it is not theirs or no longer valid."""
        try:
            token_id = str(UUID(token_id))
        except ValueError:
            return False
        with self._transaction() as tx:
            self._lock_own_user(tx, session_user)
            revoked = tx.tokens.revoke(session_user.user_id, token_id)
            if revoked:
                tx.audit.write(
                    actor_of(session_user, clean_address(address)), "revoked an API token"
                )
        return revoked

    def check_token(self, token: str) -> SessionUser | None:
        """Return the user of an API token, with their current role; None if it is not valid."""
        if not token.startswith(PREFIX):
            return None
        with self._transaction() as tx:
            return tx.tokens.check(token_hash(token))
