"""Where images run or ran, by a part of a reference, a tag, a digest or a finding."""

from reldash.ui.images.page import render_images
from reldash.ui.page import start

render_images(start("images"))
