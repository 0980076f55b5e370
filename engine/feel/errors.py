"""What the language reports: a text that cannot be read, an evaluation that costs too much, a value that becomes null."""

from typing import Any


class FeelError(Exception):
    """Base of the errors that leave this package; the shape is that of every error a person sees.

    `code` names the fault, `message` is the Chinese sentence, `details` locates it.
    """

    def __init__(self, code: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details


class FeelSyntaxError(FeelError):
    """The text is not FEEL. `position` counts characters from 0; `expected` says what could stand there."""

    def __init__(self, code: str, message: str, position: int, expected: tuple[str, ...] = ()) -> None:
        super().__init__(code, message, position=position, expected=expected)
        self.position = position
        self.expected = expected


class FeelLimitError(FeelError):
    """The budget of one evaluation is used up: steps, sizes or depth of calls."""


class Fault(Exception):
    """A runtime fault inside one operation: the operation gives null and the sentence becomes a note."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
