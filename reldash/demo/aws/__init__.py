"""The demo's AWS: moto, behind an API that adds what moto lacks."""
