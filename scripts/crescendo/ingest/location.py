"""Where a value is in a record."""


class Location:
    """The location of a value in a record; its text is made when it is needed.

    Its text names the very place (`timeSeries[3].date`), its `kind` any such place (`timeSeries[*].date`).
    """

    __slots__ = ("above", "kind_step", "step")

    def __init__(self, step: str, above: "Location | None" = None, kind_step: str = "") -> None:
        self.step, self.above, self.kind_step = step, above, kind_step or step

    def member(self, key: str) -> "Location":
        """The place of an object's declared key."""
        return Location(f".{key}", self)

    def item(self, number: int) -> "Location":
        """The place of a list's item, from 1."""
        return Location(f"[{number}]", self, "[*]")

    def entry(self, key: str) -> "Location":
        """The place of an entry whose key is data."""
        return Location(f".{key}", self, ".*")

    @property
    def kind(self) -> str:
        """Any place like this one."""
        return plain("".join(path.kind_step for path in self._way()).removeprefix("."))

    def __str__(self) -> str:
        return plain("".join(path.step for path in self._way()).removeprefix("."))

    def _way(self) -> "list[Location]":
        way: list[Location] = []
        path: Location | None = self
        while path:
            way.append(path)
            path = path.above
        return way[::-1]


def plain(shown: str) -> str:
    """A text that can be stored: half a surrogate pair cannot."""
    return shown.encode("utf-8", "replace").decode()
