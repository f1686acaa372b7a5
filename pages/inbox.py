"""The mails that the demo sends, open to everybody; it exists nowhere else."""

from reldash.ui import inbox, page

page.start_inbox()
inbox.render_inbox()
