"""Route for the matrix grid's JavaScript modules and style sheet."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from reldash.services.grid_assets import load_assets

_TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}


def serve_asset(request: Request) -> Response:
    """Serve a file under the current digest, cacheable forever; 404 for any other digest."""
    assets = load_assets()
    name = request.path_params["name"]
    content = assets.files.get(name)
    if content is None or request.path_params["digest"] != assets.digest:
        return PlainTextResponse("Not found", 404, headers={"cache-control": "no-store"})
    return Response(
        content,
        media_type=_TYPES[name.rpartition(".")[2]],
        headers={"cache-control": "public, max-age=31536000, immutable"},
    )
