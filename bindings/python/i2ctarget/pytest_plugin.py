# SPDX-License-Identifier: MIT
"""Fixtures for tests of I2C targets, and of programs that use /dev/i2c-N.  pytest finds them by itself where i2ctarget is installed.

i2c_testbus   an i2ctarget.testbus.TestBus; violations that its checker has found fail the test when it ends
i2c_bus       an i2ctarget.privatebus.PrivateBus

A test chooses how the bus is made with @pytest.mark.i2c(speed=400_000, ...).  The wires are recorded.  The report of a test that fails has the
path of the VCD, and the transfers in it as text.
"""

import contextlib
import os

import pytest

# Keyword of the marker: which fixtures heed it.
KEYWORDS = {"speed": ("i2c_testbus", "i2c_bus"), "spike_ns": ("i2c_testbus",), "stretching": ("i2c_testbus",), "timeout_ms": ("i2c_bus",)}
HELP = (
    "i2c(speed=100000, spike_ns=50, stretching=True, timeout_ms=1000): the bus of i2c_testbus and i2c_bus: SCL in Hz; i2c_testbus: the input "
    "filter of targets, and whether the controller waits while SCL is held; i2c_bus: the time-out of a transfer"
)


class Recording:
    """The VCD of a bus in a test."""

    def __init__(self, fixture, path, bus=None):
        self.fixture, self.path, self._bus = fixture, path, bus

    def text(self):
        """What is to be said of it."""
        from i2ctarget.testbus import picture_of

        try:
            if self._bus is not None:
                with contextlib.suppress(ValueError):  # the test has ended it
                    self._bus.save_vcd()
            return f"{self.path}\n{picture_of(self.path)}"
        except OSError as error:
            return f"{self.path}\n(no picture of the transfers: {error})\n"

    def end(self):
        """The VCD is complete."""
        self._bus = None


RECORDINGS: pytest.StashKey[list] = pytest.StashKey()


def pytest_configure(config):
    config.addinivalue_line("markers", HELP)


def options_for(fixture, node):
    """What the test's markers say to this fixture; the closest one counts."""
    options = {}
    for marker in reversed(list(node.iter_markers("i2c"))):
        unknown = [*map(str, marker.args), *(name for name in marker.kwargs if name not in KEYWORDS)]
        if unknown:
            pytest.fail(f"@pytest.mark.i2c takes the keywords {', '.join(KEYWORDS)}, and not {', '.join(unknown)}", pytrace=False)
        options.update(marker.kwargs)
    return {name: value for name, value in options.items() if fixture in KEYWORDS[name]}


def record(fixture, request, folder, bus=None):
    recording = Recording(fixture, folder / f"{fixture}.vcd", bus)
    request.node.stash.setdefault(RECORDINGS, []).append(recording)
    return recording


@pytest.fixture
def i2c_testbus(request, tmp_path):
    """A bus in simulated time, inside the test: i2ctarget.testbus.TestBus.

    When the test ends its targets are deinitialised, and violations of the bus specification fail it.  forget_violations() forgives them.
    """
    from i2ctarget.testbus import TestBus

    options = options_for("i2c_testbus", request.node)
    with TestBus(options.pop("speed", 100_000), **options) as bus:
        recording = record("i2c_testbus", request, tmp_path, bus)
        bus.vcd(recording.path)
        yield bus
    recording.end()
    if bus.violation_count:
        lines = "\n".join(map(str, bus.violations))
        pytest.fail(f"violations of the I2C bus specification: {bus.violation_count}\n{lines}", pytrace=False)


@pytest.fixture
def i2c_bus(request, tmp_path):
    """A bus that the test's programs find as /dev/i2c-1, and nobody else: i2ctarget.privatebus.PrivateBus."""
    from i2ctarget.privatebus import PrivateBus

    options = options_for("i2c_bus", request.node)
    recording = record("i2c_bus", request, tmp_path)
    with PrivateBus(**options, vcd=recording.path) as bus:
        yield bus


def attach(item, report, fact):
    """To this report, and to later ones of the test: a JUnit file has the facts of the last one."""
    if fact not in item.user_properties:
        item.user_properties.append(fact)
        report.user_properties.append(fact)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    report = outcome.get_result()
    if not report.failed:
        return
    for recording in item.stash.get(RECORDINGS, []):
        if os.path.exists(recording.path):
            report.sections.append((f"I2C transfers of {recording.fixture}", recording.text()))
            attach(item, report, (f"{recording.fixture} vcd", str(recording.path)))
