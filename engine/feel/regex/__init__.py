"""Regular expressions of XPath (DMN 1.5 section 10.3.4.3) that no pattern can make run away.

Python's `re` backtracks and takes exponential time on some patterns. Here a pattern becomes a non-deterministic automaton
whose states are walked side by side (Thompson 1968, with submatches after Pike): the time is the length of the text times
that of the pattern, and the budget of the evaluation pays for it. Back-references and looking around are no part of it.
"""

from engine.feel.regex.functions import replace, search, split

__all__ = ["replace", "search", "split"]
