"""Entry point of `python -m reldash`."""

from reldash.commands import main

if __name__ == "__main__":
    main()
