"""The server: `streamlit run Home.py` finds `app` and serves pages, exports and health in one.

Pages live in `pages/` but are run by `reldash/ui/main.py`: a script beside a folder `pages/` would
start in Streamlit's legacy mode, in which a direct URL renders a page without passing the gate.
"""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from reldash.server.headers import SecurityHeaders
from reldash.server.lifespan import lifespan, open_or_exit
from reldash.server.routes import ROUTES

open_or_exit()

app = st.App(
    "reldash/ui/main.py",
    routes=ROUTES,
    middleware=[
        Middleware(SecurityHeaders, index=Path(st.__file__).parent / "static" / "index.html")
    ],
    lifespan=lifespan,
)
