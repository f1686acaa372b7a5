"""Serves the matrix grid with a synthetic matrix, our headers and assets, and nothing else."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from reldash.server.connections import set_up_connections
from reldash.server.routes import ROUTES
from reldash.server.security_headers import SecurityHeaders

set_up_connections()
app = st.App(
    "_grid_page.py",
    routes=ROUTES,
    middleware=[
        Middleware(
            SecurityHeaders,
            index=Path(st.__file__).parent / "static" / "index.html",
            secure=False,
        )
    ],
)
