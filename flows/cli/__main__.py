"""`python -m flows.cli` is the same as `sakuga`."""

from flows.cli import main

if __name__ == "__main__":
    main()
