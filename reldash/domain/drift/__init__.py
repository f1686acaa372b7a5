"""The rules that judge: states, flags, baseline, lag, budget, bypass, staleness."""
