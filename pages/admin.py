"""Users and the audit log: for administrators."""

from reldash.ui import admin, page

admin.render_admin(page.start("admin"))
