"""What stops a command and a person can mend."""


class ReleveError(RuntimeError):
    """What is wrong, where, and what to do: the message is all that a person is shown."""
