# SPDX-License-Identifier: MIT
"""A virtual bus of one's own for the time of a test, with programs on it.

    from i2ctarget.privatebus import PrivateBus

    with PrivateBus() as bus:
        bus.start(["python3", "registers.py"], wait=0x40)       # a target
        done = bus.run(["i2cget", "-y", "1", "0x40", "0x01"])    # an unmodified client of /dev/i2c-1
        assert done.stdout == "0x00\\n"

The server of the bus is the command i2ctarget.  Others do not find the bus: its sockets are in a folder of its own.  Targets in the test's
own process are for i2ctarget.testbus, which needs no server.
"""

import operator
import os
import shutil
import subprocess
import sys
import tempfile
import time

from i2ctarget import _command, _program
from i2ctarget.interrupt import Interrupt

__all__ = ["PrivateBus"]

NUMBER = 1
VARIABLES = ("I2CTARGET_DIR", "I2CTARGET_BUS")  # by which programs find a bus
WITHOUT_CTRL_C = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"]
PATIENCE_S = 10  # for a program that was asked to end
LOOK_S = 0.02


class PrivateBus:
    """A server, and what start() has started; all of it ends with the `with` block.

    Ctrl-C is for the test, not for them: the end of the `with` block ends them, the server last.

    speed        SCL in Hz, 1 to 1000000
    timeout_ms   the time-out of a transfer, 10 to 3600000
    vcd          a file for the wires; None: nothing is recorded

    number       the number of the bus, 1
    environment  variables for programs that are to find the bus: those of this process, with I2CTARGET_DIR and I2CTARGET_BUS

    Raises FileNotFoundError: the command is not installed.  RuntimeError: the server does not start; the message has its words.
    """

    def __init__(self, speed=100_000, *, timeout_ms=1000, vcd=None):
        self.number = NUMBER
        self._command = _command.find()
        self._programs = []
        self._lines = []
        self._folder = tempfile.mkdtemp(prefix="i2ctarget-")  # not the test's own: a socket's path is 107 characters at most
        self.environment = {**os.environ, "I2CTARGET_DIR": self._folder, "I2CTARGET_BUS": str(NUMBER)}
        trace = [] if vcd is None else ["--trace", os.fspath(vcd)]
        self._words = tempfile.TemporaryFile("w+")
        self._server = None
        try:
            options = [str(NUMBER), "--speed", str(speed), "--timeout", str(timeout_ms), *trace]
            self._server = subprocess.Popen([*WITHOUT_CTRL_C, self._command, "bus", *options], env=self.environment,
                                            stdout=subprocess.PIPE, stderr=self._words, text=True)
            self._await_server()
        except BaseException:
            if self._server is not None:
                _program.end(self._server, PATIENCE_S)
                self._server.stdout.close()
            self._forget()
            raise

    def _await_server(self):
        if self._server.stdout.readline() != f"bus {NUMBER} ready\n":
            self._server.wait()
            raise RuntimeError(f"the bus does not start: {self._said()}")

    def _said(self):
        self._words.seek(0)
        return self._words.read().strip()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    @staticmethod
    def _waits(wait):
        addresses = [wait] if isinstance(wait, int) else wait
        return [word for address in addresses for word in ("--wait", f"0x{operator.index(address):02x}")]

    def _on_the_bus(self, command, wait):
        return [self._command, "exec", *self._waits(wait), "--", *command]

    def _check(self, command, keywords):
        if self._server is None:
            raise ValueError("this PrivateBus is closed")
        if isinstance(command, (str, bytes)) or keywords.get("shell"):
            raise TypeError(f"a command is a list of words, and not {command!r}; for a shell: ['sh', '-c', {command!r}]")

    def _with_bus(self, environment):
        """These variables, and those of the bus."""
        return self.environment if environment is None else {**environment, **{name: self.environment[name] for name in VARIABLES}}

    def run(self, command, *, wait=(), check=True, timeout=60, env=None, capture_output=True, **keywords):
        """Run a program to its end, with /dev/i2c-1 on this bus; as subprocess.run(), and its output is text that is returned.

        wait             an address, or several: first wait until targets have them
        env              its variables, to which those of the bus are added; None: `environment`
        capture_output   False: its output goes where that of the test goes

        Raises CalledProcessError: its exit status is not 0, and `check`; what it has said goes to stderr.  TimeoutExpired.
        """
        self._check(command, keywords)
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} if capture_output else {}
        keywords = {**streams, "text": True, **keywords}
        done = subprocess.run(self._on_the_bus(command, wait), check=False, timeout=timeout, env=self._with_bus(env), **keywords)
        if check and done.returncode != 0:
            words = done.stderr or ""
            print(words if isinstance(words, str) else words.decode(errors="replace"), end="", file=sys.stderr)  # the exception does not show it
            done.check_returncode()
        return done

    def start(self, command, *, wait=(), env=None, **keywords):
        """Start a program, a target for example, and return its Popen, which takes the keywords.  close() ends it, and what it has started (SIGTERM).

        wait   an address, or several: return when targets have them
        env    its variables, to which those of the bus are added; None: `environment`

        The program has a session of its own; one that begins another session (a daemon) stays.

        Raises RuntimeError: the program has failed before that.
        """
        self._check(command, keywords)
        program = _program.start(command, env=self._with_bus(env), **keywords)
        self._programs.append(program)
        if self._waits(wait):
            self._await_targets(program, wait)
        return program

    def _await_targets(self, program, wait):
        """One that ends well may have left its target to another process."""
        with subprocess.Popen(self._on_the_bus(["true"], wait), env=self.environment, stderr=subprocess.PIPE, text=True) as waiter:
            while waiter.poll() is None and not program.poll():
                time.sleep(LOOK_S)
            failure = program.poll()
            if waiter.poll() is None:
                waiter.terminate()
            words = waiter.stderr.read().strip()
        if waiter.returncode != 0:
            raise RuntimeError(f"{program.args} has ended with status {failure} before its targets were there" if failure else words)

    def interrupt(self):
        """An output line for a device that is started next, an i2ctarget.interrupt.Interrupt; close() closes it.

            line = bus.interrupt()
            bus.start(["i2ctarget", "device", "lm75", "--interrupt", line.place], wait=0x48)
            line.wait(True)
        """
        self._check([], {})
        line = Interrupt(os.path.join(self._folder, f"interrupt-{len(self._lines)}"))
        self._lines.append(line)
        return line

    def fault(self, text):
        """Let something go wrong on the wires from now on, "0x50 nack-after 3 once": what `i2ctarget fault --help` has.  ValueError: it is no fault."""
        self._fault("--", *text.split())

    def clear_faults(self):
        """Nothing goes wrong any more."""
        self._fault("--clear")

    def _fault(self, *words):
        done = subprocess.run([self._command, "fault", *words], env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ValueError(done.stderr.strip())

    def close(self):
        """End all programs, and then the bus.  RuntimeError: the server had failed, or had words of complaint when it ended."""
        if self._server is None:
            return
        server, self._server = self._server, None
        for program in reversed(self._programs):
            _program.end(program, PATIENCE_S)
        for line in self._lines:
            line.close()
        status = server.poll()
        _program.end(server, PATIENCE_S)
        server.stdout.close()
        words = self._said()
        self._forget()
        if status is not None or server.returncode != 0 or words:
            raise RuntimeError(f"the bus has failed: {words or server.returncode}")

    def _forget(self):
        self._words.close()
        shutil.rmtree(self._folder, ignore_errors=True)
