"""Users and the audit log, for administrators."""

from reldash.ui.admin.page import render_admin
from reldash.ui.page import start

render_admin(start("admin"))
