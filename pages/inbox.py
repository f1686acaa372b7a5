"""Emails that the demo sends; needs no sign-in and exists only in the demo."""

from reldash.ui import inbox, page

page.start_inbox()
inbox.render_inbox()
