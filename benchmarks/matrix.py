"""Building matrices of large fleets: CPU per cell, relative to the smallest, mostly in step.

How much services differ, and the number of columns, should hardly affect the cost of a cell.
"""

import gc
import time

from benchmarks._fleets import DASHBOARD, NOW, all_different, fleet, mostly_in_step
from reldash.domain.matrix.build import build_matrix
from reldash.domain.matrix.cells import Axis

# Title, services, environments, customers, what differs.
CASES = (
    ("5,000 x 8, mostly in step", 5_000, 8, 0, mostly_in_step),
    ("5,000 x 8, all different", 5_000, 8, 0, all_different),
    ("20,000 x 8, mostly in step", 20_000, 8, 0, mostly_in_step),
    ("300 x 1,500, mostly in step", 300, 3, 500, mostly_in_step),
    ("300 x 1,500, all different", 300, 3, 500, all_different),
)


def main() -> None:
    """Print the figures."""
    print("matrix: CPU of building one")
    first = 0.0
    for title, services, environments, customers, patch_of in CASES:
        snapshot, rules = fleet(services, environments, patch_of, customers=customers)
        gc.collect()
        gc.freeze()  # as the server does
        axis = Axis.CUSTOMER if customers else Axis.ENVIRONMENT
        began = time.process_time()
        matrix = build_matrix(snapshot, rules, DASHBOARD, now=NOW, axis=axis)
        seconds = time.process_time() - began
        a_cell = seconds / len(matrix.cells)
        first = first or a_cell
        print(f"  {title}: {seconds:.2f} s, {a_cell / first:.1f} times the first a cell")
        del snapshot, matrix
        gc.unfreeze()
