# SPDX-License-Identifier: MIT
"""The test bus: a controller, two wires and a clock inside the process, for tests of targets.

    from i2ctarget import I2CTarget, Memory
    from i2ctarget.testbus import TestBus, read, write

    bus = TestBus(400_000)
    target = I2CTarget(bus.scl, bus.sda, (0x40,))
    target.attach(Memory(bytearray(16)))
    bus.write(0x40, b"\\x01\\xaa")
    assert bus.transfer(write(0x40, b"\\x01"), read(0x40, 1)).data == b"\\xaa"

Every transfer runs bit by bit on simulated wires.  No server, no thread, and no real time takes part: a
wait of a minute is over at once, and a wait that would never end is an error (OSError with EDEADLK).

A request needs its program.  serve() gives it a function; play() runs a whole program, with its loop; or
a test takes both parts itself:

    transfer = bus.start(write(0x40, b"\\x01\\xaa"))
    with target.request(timeout=0) as request:
        assert request.read() == b"\\x01\\xaa"
    assert bus.run() is transfer and transfer.is_complete

A checker watches all targets: what breaks the bus specification (NXP UM10204) is in `violations`.
"""

import enum
import operator
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from i2ctarget import _command, _i2ctarget
from i2ctarget._pins import Pin

__all__ = ["TestBus", "Transfer", "Message", "Answer", "write", "read", "Violation", "Rule", "Fault", "NotAcknowledged", "NotServed", "ScriptOver"]

ADDRESS_MAX = 0x7F
LENGTH_MAX = 0xFFFFFFFF
NEVER_NS = 0xFFFFFFFFFFFFFFFF
YEAR_NS = 31_536_000 * 10**9


# ---- what a controller asks for, and gets -----------------------------------------------------------


@dataclass(frozen=True)
class Message:
    """One message of a transfer.  Made by write() and read().

    address   0x00 to 0x7f
    is_read   the controller reads
    data      what it writes
    length    how many bytes it writes, or wants to read; 4294967295 at most

    Raises ValueError: one of them is out of range, or `length` is not that of `data`.
    """

    address: int
    is_read: bool
    data: bytes
    length: int

    def __post_init__(self):
        if not 0 <= self.address <= ADDRESS_MAX:
            raise ValueError(f"address {self.address}: a 7-bit address is 0x00 to 0x7f")
        if not 0 <= self.length <= LENGTH_MAX:
            raise ValueError(f"length {self.length}: a message has 0 to {LENGTH_MAX} bytes")
        if not self.is_read and self.length != len(self.data):
            raise ValueError(f"length {self.length}: the data to write has a length of {len(self.data)}")


def write(address, data=b""):
    """A message that writes these bytes; without any, the address alone."""
    address = operator.index(address)
    if isinstance(data, int):  # bytes(5) are five zeros
        raise TypeError(f"data is bytes, and not {data!r}: one byte is bytes([{data!r}])")
    data = bytes(data)
    return Message(address, False, data, len(data))


def read(address, length):
    """A message that reads so many bytes; 0: the address alone."""
    return Message(operator.index(address), True, b"", operator.index(length))


@dataclass(frozen=True)
class Answer:
    """What became of one message.

    message        what was asked for
    is_addressed   the address was acknowledged
    data           the bytes that were clocked, of a write or of a read
    nack           the index of the written byte that was not acknowledged; None: there was none
    start_ns       when its START was made; None: it was not reached
    stop_ns        when STOP was made after it; None: it was not the last one
    held_ns        how long SCL was low although the controller had released it
    """

    message: Message
    is_addressed: bool
    data: bytes
    nack: int | None
    start_ns: int | None
    stop_ns: int | None
    held_ns: int

    @property
    def is_complete(self):
        """Everything was acknowledged, and all bytes were moved."""
        return self.is_addressed and self.nack is None and len(self.data) == self.message.length

    @property
    def problem(self):
        """What went wrong, in words; empty: nothing."""
        address = f"0x{self.message.address:02x}"
        if self.is_complete:
            return ""
        if self.start_ns is None:
            return f"the message to {address} was not reached"
        if not self.is_addressed:
            return f"{address} did not acknowledge its address"
        if self.nack is not None:
            return f"{address} did not acknowledge byte {self.nack} of {self.message.length}, 0x{self.data[-1]:02x}"
        return f"the message to {address} ended after {len(self.data)} of {self.message.length} bytes"


def _moment(ns):
    return None if ns == NEVER_NS else ns


def _answer(message, result):
    is_addressed, moved, is_nacked, data, start_ns, stop_ns, held_ns = result
    return Answer(message, is_addressed, data, moved - 1 if is_nacked else None, _moment(start_ns), _moment(stop_ns), held_ns)


class Transfer:
    """START, messages joined by repeated START, STOP.  Its results are there when it is over."""

    def __init__(self, messages):
        self.messages = messages
        self._answers = None

    def __repr__(self):
        state = "under way" if self._answers is None else self.problem or "complete"
        return f"<Transfer: {len(self.messages)} message{'s' * (len(self.messages) != 1)}, {state}>"

    @property
    def is_over(self):
        """STOP was made, or the controller has lost the bus."""
        return self._answers is not None

    @property
    def answers(self):
        """An Answer for each message.  RuntimeError: the transfer is not over."""
        if self._answers is None:
            raise RuntimeError("the transfer is not over: run() it to its end")
        return self._answers

    @property
    def is_complete(self):
        """Everything was acknowledged, and all bytes were moved."""
        return all(answer.is_complete for answer in self.answers)

    @property
    def problem(self):
        """What went wrong first, in words; empty: nothing."""
        return next((answer.problem for answer in self.answers if answer.problem), "")

    @property
    def data(self):
        """All bytes that were read."""
        return b"".join(answer.data for answer in self.answers if answer.message.is_read)

    @property
    def start_ns(self):
        """When START was made."""
        return self.answers[0].start_ns

    @property
    def stop_ns(self):
        """When STOP was made; None: it was not, the controller has lost the bus."""
        return next((answer.stop_ns for answer in self.answers if answer.stop_ns is not None), None)

    @property
    def held_ns(self):
        """How long SCL was low although the controller had released it."""
        return sum(answer.held_ns for answer in self.answers)


class NotAcknowledged(Exception):
    """write() or read(): the transfer was not complete.  `transfer` has its results."""

    def __init__(self, transfer):
        super().__init__(transfer.problem)
        self.transfer = transfer


class NotServed(Exception):
    """The transfer can not go on: a target waits for its program, or a line is held by hand."""


class ScriptOver(BaseException):
    """play(): the script is over, so the program's request() ends the program.  No Exception, so that a program does not catch it by mistake."""


# ---- what the checker finds -------------------------------------------------------------------------


class Rule(enum.Enum):
    """What a target must not do (NXP UM10204 Rev. 7, §3.1 and Tables 10 and 11)."""

    SDA_MOVED_WHILE_SCL_HIGH = "SDA moved while SCL was high"
    SCL_PULLED_WHILE_HIGH = "SCL pulled while it was high"
    DATA_SETUP = "data set-up time too short"
    DATA_HOLD = "data hold time too short"
    DATA_VALID = "data valid too late"
    STRETCH = "SCL stretched by a target that must not"


_TIMED = (Rule.DATA_SETUP, Rule.DATA_HOLD, Rule.DATA_VALID)


@dataclass(frozen=True)
class Violation:
    """A rule that a target has broken.

    rule          a Rule
    addresses     of the target, as it was made
    at_ns         when
    measured_ns   of rules with a time, how long it was ...
    limit_ns      ... and what is allowed; else 0
    """

    rule: Rule
    addresses: tuple[int, ...]
    at_ns: int
    measured_ns: int
    limit_ns: int

    def __str__(self):
        who = ", ".join(f"0x{address:02x}" for address in self.addresses)
        limit = f" (limit {self.limit_ns} ns)" if self.rule in _TIMED else ""
        measured = f", {self.measured_ns} ns{limit}" if self.measured_ns or limit else ""
        return f"at {self.at_ns / 1000:.3f} us, target at {who}: {self.rule.value}{measured}"


# ---- what goes wrong on demand ----------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """A fault of a bus, and what became of it.

    number    of the fault, from 1
    text      "0x50 nack-after 3 once"
    chances   how often it could have happened ...
    hits      ... and how often it did
    """

    number: int
    text: str
    chances: int
    hits: int


# ---- the bus ----------------------------------------------------------------------------------------


class _Player:
    """A script and its place in it.  Called whenever a request() has found nothing and the bus is idle."""

    def __init__(self, bus, script):
        self._bus = bus
        self._script = script
        self._transfer = None
        self._failure = None

    def _next(self):
        """What the script yields next: messages, or a pause.  StopIteration: it is over."""
        if self._transfer is not None:
            self._bus._collect()
        step = self._script.send(self._transfer)
        self._transfer = None
        if isinstance(step, int) and not 0 <= step <= YEAR_NS:
            raise ValueError("a script yields a pause of 0 ns to a year")
        if not isinstance(step, (Message, int, Sequence)):
            raise TypeError(f"a script yields a message, a sequence of messages, or a pause in nanoseconds, and not {step!r}")
        return [step] if isinstance(step, Message) else step

    def _go_on(self):
        step = self._next()
        if isinstance(step, int):
            return step
        self._transfer = self._bus.start(*step)
        return None

    def __call__(self):
        """Begins a transfer, or returns for how long the script pauses.  After a failure the script is over."""
        if self._failure is not None:
            raise ScriptOver from None
        try:
            return self._go_on()
        except StopIteration:
            raise ScriptOver from None
        except BaseException as error:
            self._failure = error
            raise

    def raise_failure(self):
        """What the script has raised, if the program has caught it."""
        if self._failure is not None:
            raise self._failure

    def finish(self):
        """The program has ended: only the rest of the script's last transfer may be left, and pauses."""
        self.raise_failure()
        if self._bus.is_busy:
            self._bus.run()
        try:
            while isinstance(step := self._next(), int):
                self._bus.advance(step)
        except StopIteration:
            return
        raise NotServed("the program has ended, and the script has not")


class TestBus(_i2ctarget.TestBus):
    """A bus in simulated time.

    scl_hz       1 to 1000000
    spike_ns     the input filter of targets: 0 (none) to 50
    stretching   False: the controller does not wait for targets that hold SCL, as some real ones do

    A TestBus and its targets belong to one thread at a time.
    """

    __test__ = False  # for pytest, which collects classes by their names

    def __new__(cls, scl_hz=100_000, *, spike_ns=50, stretching=True):
        return super().__new__(cls, scl_hz, spike_ns)

    def __init__(self, scl_hz=100_000, *, spike_ns=50, stretching=True):
        self.scl_hz = scl_hz
        self._stretching = True
        self._transfer = None
        self._functions = {}
        self._is_playing = False
        self._vcd = None
        self.stretching = stretching

    def __repr__(self):
        return f"<TestBus: {self.scl_hz} Hz, at {self.now_ns / 1000:.3f} us>"

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def close(self):
        """Deinitialise all targets, and end the VCD."""
        for target in self.targets:
            target.deinit()
        if self._vcd is not None:
            self.end_vcd()

    # The pins of a further chip; I2CTarget() takes both of them.

    @property
    def scl(self):
        """The pin for I2CTarget(bus.scl, bus.sda, ...), any number of times."""
        return Pin("TestBus.scl", 0, self)

    @property
    def sda(self):
        """The pin for I2CTarget(bus.scl, bus.sda, ...), any number of times."""
        return Pin("TestBus.sda", 1, self)

    @property
    def stretching(self):
        """Does the controller wait for targets that hold SCL?"""
        return self._stretching

    @stretching.setter
    def stretching(self, stretching):
        self._stretching = bool(stretching)
        self._ignore_stretching(not stretching)

    # ---- transfers ----

    def write(self, address, data=b""):
        """Write these bytes.  Raises NotAcknowledged; what transfer() raises."""
        self._demand(write(address, data))

    def read(self, address, length):
        """Read so many bytes, and return them.  Raises NotAcknowledged; what transfer() raises."""
        return self._demand(read(address, length)).data

    def _demand(self, message):
        transfer = self.transfer(message)
        if not transfer.is_complete:
            raise NotAcknowledged(transfer)
        return transfer

    def transfer(self, *messages):
        """Make a transfer of these messages, joined by repeated START, and return it.  What was not acknowledged is in its results.

        Raises NotServed: a target waits for a program that is not there.  RuntimeError: another transfer is under way.
        """
        self.start(*messages)
        return self.run()

    def start(self, *messages):
        """Begin a transfer, and return it.  It goes on inside calls on targets, advance() and run()."""
        for message in messages:
            if not isinstance(message, Message):
                raise TypeError(f"a transfer is made of messages, that is write() and read() of i2ctarget.testbus, and not of {message!r}")
        transfer = Transfer(messages)
        self._collect()
        self._start([(message.address, message.length if message.is_read else message.data) for message in messages])
        self._transfer = transfer
        return transfer

    def run(self):
        """Run the transfer that was started to its end, and return it.  Functions of serve() are called on the way.

        Raises NotServed: a target waits for its program, or a line is held by hand.  Serve it, or release the line; then call run() again.
        """
        if self._transfer is None:
            raise RuntimeError("no transfer was started on this TestBus")
        while True:
            held = self._go_on()
            if not self.is_busy:
                return self._collect()
            if held is None:
                raise NotServed("nothing happens any more, because a line is held by hand: pull() can release it")
            self._serve_once(held)

    def _collect(self):
        """The transfer that is over gets its results."""
        transfer = self._transfer
        if transfer is not None and not transfer.is_over and not self.is_busy:
            transfer._answers = tuple(_answer(message, result) for message, result in zip(transfer.messages, self._results()))
        return transfer

    # ---- programs ----

    def serve(self, target, function):
        """Call function(request) for each request of this target, inside transfer() and run().  The request is closed when it returns.

        An exception that the function raises comes out of transfer() or run(); the transfer is still under way then, and run() goes on with it.
        """
        if target not in self.targets:
            raise ValueError(f"{target!r} is not a target on this TestBus")
        self._functions[target] = function

    def _serve_once(self, held):
        function = self._functions.get(held)
        request = None if function is None else held.request(timeout=-1)
        if request is None:
            raise NotServed(f"{held!r} holds SCL and waits for its program: serve() it, or start() the transfer and take its request()")
        with request:
            function(request)

    def play(self, script, program, *arguments):
        """Run program(*arguments), whose targets wait in request(), against a script of transfers.

        The script is a generator.  It yields what the controller does next: a message, a sequence of messages, or a pause in nanoseconds; for
        messages it gets the Transfer back.  Whenever the program waits and the bus is idle, the script goes on.  When it is over, the program's
        request() raises ScriptOver, which ends the program and then play().

            def script():
                yield write(0x40, b"\\x01\\xaa")
                transfer = yield [write(0x40, b"\\x01"), read(0x40, 1)]
                assert transfer.data == b"\\xaa"

            bus.play(script(), program, bus.scl, bus.sda)

        The script runs inside a call of the program, so it can not call the program's targets, transfer() or advance(); and an exception that it
        raises comes out of request().  If the program catches it, the script is over, and play() raises it.

        Returns what the program returns, if it ends by itself; NotServed: the script wanted more.  RuntimeError: another play() is under way.
        """
        if not hasattr(script, "send"):
            raise TypeError(f"a script is a generator, so it is called before: script(); {script!r} is none")
        if self._is_playing:
            raise RuntimeError("a play() is under way on this TestBus")
        player = _Player(self, script)
        self._is_playing = True
        self._set_script(player)
        try:
            result = program(*arguments)
        except ScriptOver:
            player.raise_failure()
            return None
        finally:
            self._set_script(None)
            self._is_playing = False
        player.finish()
        return result

    # ---- wires, time and trace ----

    @property
    def violations(self):
        """What the checker has found, a list of Violation.  The first 32 are kept; `violation_count` counts all."""
        return [Violation(Rule(name), *rest) for name, *rest in self._get_violations()]

    @property
    def faults(self):
        """The faults of the bus, a list of Fault."""
        return [Fault(*count) for count in self._get_faults()]

    def vcd(self, path):
        """Write the wires into this file from now on, as a VCD (Value Change Dump).  OSError: it can not be written."""
        self._trace(path)
        self._vcd = path

    def end_vcd(self):
        """The VCD is complete.  Raises OSError: a part of it could not be written."""
        self._vcd = None
        self._end_trace()

    def save_vcd(self):
        """What was recorded so far is in the file.  Raises ValueError: there is no VCD.  OSError: a part of it could not be written."""
        self._save_trace()

    def picture(self):
        """The transfers in the VCD as text, a line each, as `i2ctarget trace` prints them.

        Raises what save_vcd() raises.  FileNotFoundError: the command i2ctarget is not installed.
        """
        self.save_vcd()
        return picture_of(self._vcd)


def picture_of(path):
    """The transfers in a VCD as text, a line each; empty: there are none."""
    done = subprocess.run([_command.find(), "trace", path], capture_output=True, text=True, check=False, env={"LC_ALL": "C.UTF-8"})
    return done.stdout
