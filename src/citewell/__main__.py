"""Run the command line as `python -m citewell`."""

from citewell.cli import main

main()
