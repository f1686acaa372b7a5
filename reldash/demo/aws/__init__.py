"""The demo's AWS: moto, and a front before it for what moto leaves out."""
