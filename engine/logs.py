"""The log of a process: JSON lines on standard error. A traceback tells files and lines, never the values in them."""

import sys

import structlog


def configure() -> None:
    """For the whole process, once at its start. The default of the library would print local variables, which hold
    personal data, and take minutes over them."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),  # the stream of the moment, which tests replace
        cache_logger_on_first_use=False,
    )
