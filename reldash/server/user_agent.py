"""Short names of browsers, from the User-Agent header."""

import re

# Order matters: most browsers also name the browsers they descend from.
_BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "FxiOS": "Firefox",
    "Firefox": "Firefox",
    "CriOS": "Chrome",
    "HeadlessChrome": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}
MAX_PRODUCT_LENGTH = 40


def device_name(user_agent: str) -> str:
    """Return a name such as "Firefox on Windows", "curl", or "unknown browser"."""
    browser = next((name for mark, name in _BROWSERS.items() if f"{mark}/" in user_agent), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in user_agent), "")
    if not browser:
        product = re.match(r"[A-Za-z][\w.-]*", user_agent, re.ASCII)
        known = product and product.group() != "Mozilla"
        browser = product.group()[:MAX_PRODUCT_LENGTH] if product and known else "unknown browser"
    return f"{browser} on {system}" if system else browser
