"""The history page: changes, timeline of a service, promotions, pace."""
