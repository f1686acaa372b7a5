"""Serves the matrix grid over a made-up matrix, with our headers and assets and nothing else."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from reldash.server.headers import SecurityHeaders
from reldash.server.routes import ROUTES
from reldash.server.sockets import send_at_once

send_at_once()
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
