"""python -m reldash: the command line."""

from reldash.commands import main

if __name__ == "__main__":
    main()
