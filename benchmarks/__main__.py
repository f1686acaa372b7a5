"""Runs every benchmark beside this file: python -m benchmarks [NAME ...]."""

import importlib
import pkgutil
import sys
from pathlib import Path

names = sorted(each.name for each in pkgutil.iter_modules([str(Path(__file__).parent)]))
chosen = sys.argv[1:] or [name for name in names if not name.startswith("_")]
unknown = [name for name in chosen if name not in names]
if unknown:
    sys.exit(f"no benchmark {', '.join(unknown)}; there are: {', '.join(names)}")
for name in chosen:
    importlib.import_module(f"benchmarks.{name}").main()
