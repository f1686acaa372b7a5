"""The page *overview*: what needs action now, and figures over time."""
