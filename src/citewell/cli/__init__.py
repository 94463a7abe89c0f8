"""The command line: print answers, keep an index, measure answers."""
