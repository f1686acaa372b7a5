"""HTTP for all collectors: requests bounded in time and size, errors with how to fix them."""
