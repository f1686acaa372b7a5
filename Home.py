"""The server: `streamlit run Home.py` finds `app` and serves pages, exports and health in one.

Pages live in `pages/` but are run by `reldash/ui/main.py`: a script beside a folder `pages/` would
start in Streamlit's legacy mode, in which a direct URL renders a page without passing the gate.
"""

from pathlib import Path

import streamlit as st

from reldash.server.doors import doors
from reldash.server.lifespan import lifespan, open_or_exit
from reldash.server.openid import openid_secrets
from reldash.server.routes import ROUTES
from reldash.server.sockets import send_at_once
from reldash.server.visitors import take_over_proxy_headers

take_over_proxy_headers()
send_at_once()
settings = open_or_exit().settings

app = st.App(
    "reldash/ui/main.py",
    routes=ROUTES,
    middleware=doors(settings, index=Path(st.__file__).parent / "static/index.html"),
    secrets=openid_secrets(settings),
    lifespan=lifespan,
)
