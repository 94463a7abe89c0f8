"""Run the command line as `python -m citewell`."""

from citewell.cli.commands import main

main()
