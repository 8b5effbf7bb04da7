# SPDX-License-Identifier: MIT
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from types import TracebackType
from typing import Any, Final

from i2ctarget.interrupt import Interrupt

__all__ = ["PrivateBus"]

NUMBER: Final = 1
VARIABLES: Final[tuple[str, ...]]
WITHOUT_CTRL_C: Final[list[str]]
PATIENCE_S: Final = 10

_Command = Sequence[str | PathLike[str]]

class PrivateBus:
    number: int
    environment: dict[str, str]
    def __init__(self, speed: int = 100_000, *, timeout_ms: int = 1000, vcd: str | PathLike[str] | None = None) -> None: ...
    def __enter__(self) -> PrivateBus: ...
    def __exit__(self, *exception: type[BaseException] | BaseException | TracebackType | None) -> None: ...
    def run(
        self,
        command: _Command,
        *,
        wait: int | Iterable[int] = (),
        check: bool = True,
        timeout: float = 60,
        env: Mapping[str, str] | None = None,
        capture_output: bool = True,
        **keywords: Any,
    ) -> subprocess.CompletedProcess[str]: ...
    def start(
        self, command: _Command, *, wait: int | Iterable[int] = (), env: Mapping[str, str] | None = None, **keywords: Any
    ) -> subprocess.Popen[bytes]: ...
    def interrupt(self) -> Interrupt: ...
    def fault(self, text: str) -> None: ...
    def clear_faults(self) -> None: ...
    def close(self) -> None: ...
