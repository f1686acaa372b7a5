"""Users and the audit log: for administrators."""

from reldash.ui import page
from reldash.ui.admin import page as admin

admin.render_admin(page.start("admin"))
