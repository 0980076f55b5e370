"""Ballots with timers, nested, as whole packages: what a case of one must look like after each command."""
