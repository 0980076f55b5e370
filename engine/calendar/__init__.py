"""Clock, Chinese working days, promised terms that pause, and warning lights."""

from engine.calendar.arrangement import MOST_BYTES, Arrangement, ArrangementProblems, Day, read_arrangement
from engine.calendar.clock import ZONE, Clock, FixedClock, SystemClock, end_of, local_date
from engine.calendar.light import YELLOW_DAYS, YELLOW_SHARE, Light, light
from engine.calendar.promise import Pause, Promise, is_kept
from engine.calendar.table import Change, Listed, described, ensure, listed, load, publish, seed
from engine.calendar.workdays import Deadline, WorkingDays

__all__ = [
    "MOST_BYTES",
    "YELLOW_DAYS",
    "YELLOW_SHARE",
    "ZONE",
    "Arrangement",
    "ArrangementProblems",
    "Change",
    "Clock",
    "Day",
    "Deadline",
    "FixedClock",
    "Light",
    "Listed",
    "Pause",
    "Promise",
    "SystemClock",
    "WorkingDays",
    "described",
    "end_of",
    "ensure",
    "is_kept",
    "light",
    "listed",
    "load",
    "local_date",
    "publish",
    "read_arrangement",
    "seed",
]
