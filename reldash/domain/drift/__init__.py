"""The rules that judge: states (verdict), flags, baseline, lag, budget, bypassed, stale.

`flags` are given by one place, `flags_among_places` by several (mixed, rebuilt, tag_moved);
`reasons` has their sentences. `judged_place` and `judged_service` put the rules together.
"""
