"""The one exception that means: the user can mend this, and here is how."""


class CrescendoError(Exception):
    """A mistake or an obstacle outside the code: printed to stderr without a traceback, exit code 2.

    The message says what is wrong, where (file, line, field) and what to do next.
    """

    exit_code = 2
