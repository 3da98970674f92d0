"""`python -m tltk` is the command line too."""

from tltk.cli import main

if __name__ == "__main__":
    main()
