"""Serves the matrix grid with a synthetic matrix, our headers and assets, and nothing else."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from reldash.server.routes import ROUTES
from reldash.server.security_headers import SecurityHeaders
from reldash.server.tcp_nodelay import enable_tcp_nodelay

enable_tcp_nodelay()
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
