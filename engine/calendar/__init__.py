"""Clock, Chinese working days, promised terms that pause, and warning lights."""

from engine.calendar.clock import ZONE, Clock, FixedClock, SystemClock, end_of, local_date
from engine.calendar.light import Light, light
from engine.calendar.promise import Pause, Promise
from engine.calendar.table import ensure, load, publish, seed
from engine.calendar.workdays import Deadline, WorkingDays

__all__ = [
    "ZONE",
    "Clock",
    "Deadline",
    "FixedClock",
    "Light",
    "Pause",
    "Promise",
    "SystemClock",
    "WorkingDays",
    "end_of",
    "ensure",
    "light",
    "load",
    "local_date",
    "publish",
    "seed",
]
