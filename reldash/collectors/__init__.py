"""Reading over the network: clusters and registries in, values of the domain out.

Arrows between the packages: `kubernetes` uses `aws`, both use `http`.
"""
