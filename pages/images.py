"""Where images run or ran, by a part of a reference, a tag, a digest or a finding."""

from reldash.ui import page
from reldash.ui.images import page as images

images.render_images(page.start("images"))
