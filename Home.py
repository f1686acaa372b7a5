"""The server: `streamlit run Home.py` finds `app`, which serves pages, exports and health.

Pages live in `pages/` but `reldash/ui/main.py` runs them: a script beside a folder `pages/` would
start in Streamlit's legacy mode, in which a direct URL renders a page without the gate's check.
"""

from pathlib import Path

import streamlit as st

from reldash.server.connections import set_up_connections
from reldash.server.hosts_and_proxies import disable_uvicorn_proxy_headers
from reldash.server.lifespan import lifespan, open_or_exit
from reldash.server.middleware import build_middleware
from reldash.server.routes import ROUTES
from reldash.server.streamlit_openid import openid_secrets

disable_uvicorn_proxy_headers()
set_up_connections()
settings = open_or_exit().settings

app = st.App(
    "reldash/ui/main.py",
    routes=ROUTES,
    middleware=build_middleware(settings, index=Path(st.__file__).parent / "static/index.html"),
    secrets=openid_secrets(settings),
    lifespan=lifespan,
)
