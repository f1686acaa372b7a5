"""The page *history*: changes, the timeline of a service, promotions."""
