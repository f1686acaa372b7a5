"""Search where images run or ran, by reference, tag, digest or finding."""

from reldash.ui.images.page import render_images
from reldash.ui.page import start

render_images(start("images"))
