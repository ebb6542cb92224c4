"""The commands behind the Makefile: standard library only, since they do the set-up."""
