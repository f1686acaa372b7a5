"""All containers by cluster and namespace."""

from reldash.ui import inventory, page

inventory.render_inventory(page.start("inventory"))
