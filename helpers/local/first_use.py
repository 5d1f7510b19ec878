"""Services that are built when somebody first asks for them: a notebook waits only for the libraries that it needs."""

from collections.abc import Callable, Iterator, Mapping
from threading import RLock


class BuiltOnFirstUse(Mapping[str, object]):
    """Services by name, each made once, when it is first asked for."""

    def __init__(self, makers: Mapping[str, Callable[[], object]]):
        self._makers = makers
        self._made: dict[str, object] = {}
        self._making = RLock()

    def __getitem__(self, name: str) -> object:
        with self._making:
            if name not in self._made:
                self._made[name] = self._makers[name]()
            return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)
