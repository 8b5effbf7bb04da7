#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The pytest plugin, tried with pytester: each case here is a test session of its own, in a process of its own."""

import os
import sys
import xml.etree.ElementTree

PYTHON_PATH = os.environ["BUILD_DIR"] + "/python"
sys.path.insert(1, PYTHON_PATH)

import pytest

pytest_plugins = ["pytester"]
PLUGIN = ("-p", "i2ctarget.pytest_plugin", "-p", "no:cacheprovider")


@pytest.fixture
def session(pytester, monkeypatch):
    """session(text of a test file, arguments of pytest) runs it."""
    monkeypatch.setenv("PYTHONPATH", f"{PYTHON_PATH}:{PYTHON_PATH}/i2ctarget/fallback")
    monkeypatch.delenv("PYTHONDEVMODE", raising=False)

    def run(text, *arguments):
        pytester.makepyfile(text)
        return pytester.runpytest_subprocess(*PLUGIN, *arguments)

    return run


MEMORY = """
import pytest
from i2ctarget import I2CTarget, Memory
from i2ctarget.testbus import read, write

def memory(bus):
    target = I2CTarget(bus.scl, bus.sda, (0x40,))
    target.attach(Memory(bytearray(16)))
    return target

def slow(bus):
    target = I2CTarget(bus.scl, bus.sda, (0x41,))
    bus.serve(target, lambda request: bus.advance(1_000_000))
    bus.forbid_stretching(target)
    return target
"""

REGISTERS = """
import board
from i2ctarget import I2CTarget

contents, index = bytearray(16), 0
with I2CTarget(board.SCL, board.SDA, (0x40,)) as target:
    while True:
        with target.request(timeout=0) as request:
            if request.is_read:
                request.write(contents[index:])
            elif data := request.read(1):
                index = data[0] % 16
                for byte in request.read(16 - index):
                    contents[index] = byte
"""


# ---- i2c_testbus -----------------------------------------------------------------------------------


def test_a_test_that_passes(session):
    result = session(MEMORY + """
def test_one(i2c_testbus):
    target = memory(i2c_testbus)
    i2c_testbus.write(0x40, b"\\x01\\xaa")
    assert (i2c_testbus.scl_hz, i2c_testbus.stretching) == (100_000, True)
""")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*I2C transfers*")


def test_the_marker(session):
    """The closest one counts."""
    result = session(MEMORY + """
pytestmark = pytest.mark.i2c(speed=400_000, stretching=False)

@pytest.mark.i2c(spike_ns=0, speed=1_000_000, timeout_ms=50)
def test_one(i2c_testbus):
    target = memory(i2c_testbus)
    i2c_testbus.pull(sda=True)
    i2c_testbus.advance(40)
    i2c_testbus.pull()
    i2c_testbus.advance(1000)
    assert (i2c_testbus.scl_hz, i2c_testbus.stretching, target.counters.glitches) == (1_000_000, False, 0)

def test_two(i2c_testbus):
    assert i2c_testbus.scl_hz == 400_000
""", "--strict-markers")
    result.assert_outcomes(passed=2)


def test_a_wrong_marker(session):
    result = session("""
import pytest

@pytest.mark.i2c(400_000)
def test_one(i2c_testbus):
    pass

@pytest.mark.i2c(sped=400_000)
def test_two(i2c_bus):
    pass

@pytest.mark.i2c(speed=0)
def test_three(i2c_testbus):
    pass
""")
    result.assert_outcomes(errors=3)
    result.stdout.fnmatch_lines(["*takes the keywords speed, spike_ns, stretching, timeout_ms, and not 400000",
                                 "*takes the keywords speed, spike_ns, stretching, timeout_ms, and not sped", "*scl_hz is 1 to 1000000*"])


def test_the_list_of_markers(session):
    session("", "--markers").stdout.fnmatch_lines(["@pytest.mark.i2c(speed=100000*"])


def test_a_test_that_fails(session, pytester):
    result = session(MEMORY + """
def test_one(i2c_testbus):
    target = memory(i2c_testbus)
    i2c_testbus.write(0x40, b"\\x01\\xaa")
    assert i2c_testbus.transfer(write(0x40, b"\\x01"), read(0x40, 1)).data == b"\\xbb"
""", "--junitxml=report.xml")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- I2C transfers of i2c_testbus -*", "/*/i2c_testbus.vcd", "*  S 40 W + 01 aa +  P *", "*  S 40 W + 01 +  Sr 40 R + aa -  P *"])
    vcd = next(line for line in result.outlines if line.endswith("/i2c_testbus.vcd"))
    with open(vcd, encoding="ascii") as file:
        assert file.read().startswith("$version i2ctarget")
    properties = xml.etree.ElementTree.parse(pytester.path / "report.xml").iter("property")
    assert [(one.get("name"), one.get("value")) for one in properties] == [("i2c_testbus vcd", vcd)]


def test_a_test_that_ends_the_recording(session):
    result = session(MEMORY + """
def test_one(i2c_testbus):
    target = memory(i2c_testbus)
    i2c_testbus.write(0x40, b"\\x01\\xaa")
    i2c_testbus.close()
    assert False
""")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*  S 40 W + 01 aa +  P *"])


def test_a_violation(session):
    """The test itself has passed; it fails when it ends."""
    result = session(MEMORY + """
def test_one(i2c_testbus):
    target = slow(i2c_testbus)
    i2c_testbus.transfer(write(0x41, b"x"))
""")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["violations of the I2C bus specification: 1", "at * us, target at 0x41: SCL stretched by a target that must not, * ns",
                                 "*  S 41 W + 78 -  P *held*"])


def test_a_violation_that_is_forgiven(session):
    result = session(MEMORY + """
def test_one(i2c_testbus):
    target = slow(i2c_testbus)
    i2c_testbus.transfer(write(0x41, b"x"))
    i2c_testbus.forget_violations()
""")
    result.assert_outcomes(passed=1)


def test_targets_end_with_the_test(session):
    result = session(MEMORY + """
kept = []

def test_one(i2c_testbus):
    kept.append(memory(i2c_testbus))

def test_two():
    with pytest.raises(ValueError, match="deinitialised"):
        kept[0].request()
""")
    result.assert_outcomes(passed=2)


def test_without_the_command(session):
    result = session(MEMORY + """
from i2ctarget import _command

def test_one(i2c_testbus, monkeypatch):
    _command.PLACES = ()
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert False
""")
    result.stdout.fnmatch_lines(["/*/i2c_testbus.vcd", "(no picture of the transfers: the command i2ctarget is not installed*"])


# ---- i2c_bus ---------------------------------------------------------------------------------------


def test_programs_on_a_bus(session, pytester):
    pytester.path.joinpath("registers.py").write_text(REGISTERS)
    result = session("""
import os, subprocess, sys
import pytest

pids = []

@pytest.mark.i2c(speed=400_000, timeout_ms=2000)
def test_one(i2c_bus):
    pids.append(i2c_bus.start([sys.executable, "registers.py"], wait=0x40).pid)
    pids.append(i2c_bus.start(["sleep", "600"]).pid)
    i2c_bus.run(["i2cset", "-y", str(i2c_bus.number), "0x40", "0x01", "0xaa"], wait=[0x40])
    assert i2c_bus.run(["i2cget", "-y", "1", "0x40", "0x01"]).stdout == "0xaa\\n"
    assert i2c_bus.run(["i2cget", "-y", "1", "0x41"], check=False).returncode != 0
    with pytest.raises(subprocess.CalledProcessError):
        i2c_bus.run(["i2cget", "-y", "1", "0x41"])

def test_they_have_ended():
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

def test_another_bus_is_empty(i2c_bus):
    assert i2c_bus.run(["i2cget", "-y", "1", "0x40"], check=False).returncode != 0
""")
    result.assert_outcomes(passed=3)


def test_what_a_program_has_said_is_shown_as_text(session):
    result = session("""
import subprocess
import pytest

@pytest.mark.parametrize("text", [True, False])
def test_it(i2c_bus, capfd, text):
    with pytest.raises(subprocess.CalledProcessError):
        i2c_bus.run(["sh", "-c", "echo oh no >&2; exit 3"], text=text)
    assert capfd.readouterr().err == "oh no\\n"
""")
    result.assert_outcomes(passed=2)


def test_a_program_ends_with_all_that_it_has_started(session):
    """Also when the shell has gone before; but not what has begun a session."""
    result = session("""
import os, signal, subprocess
from i2ctarget import privatebus

privatebus.PATIENCE_S = 1
SLEEPS = "sleep 60 & echo $!; child=$!; setsid sh -c 'echo $$; exec sleep 60' & "
children, daemons = [], []

def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False

def test_one(i2c_bus):
    for end in "wait", "kill -STOP $child; wait", "exit":
        shell = i2c_bus.start(["sh", "-c", SLEEPS + end], stdout=subprocess.PIPE, text=True)
        children.append(int(shell.stdout.readline()))
        daemons.append(int(shell.stdout.readline()))
        if end == "exit":
            assert shell.wait() == 0
    assert [is_running(pid) for pid in children + daemons] == [True] * 6

def test_two():
    were_running = [is_running(pid) for pid in children + daemons]
    for pid in daemons:
        os.kill(pid, signal.SIGKILL)
    assert were_running == [False] * 3 + [True] * 3
""")
    result.assert_outcomes(passed=2)


def test_ctrl_c_is_for_the_test(session, pytester):
    """Its programs and their bus go on; the end of the test ends them."""
    pytester.path.joinpath("registers.py").write_text(REGISTERS)
    result = session("""
import os, signal, sys
import pytest

os.setpgrp()  # as a shell does it for a command

def test_one(i2c_bus):
    target = i2c_bus.start([sys.executable, "registers.py"], wait=0x40)
    with pytest.raises(KeyboardInterrupt):
        os.killpg(0, signal.SIGINT)
    assert i2c_bus.run(["i2cget", "-y", "1", "0x40", "0x01"]).stdout == "0x00\\n"
    i2c_bus.close()
    assert target.returncode == -signal.SIGTERM
""")
    result.assert_outcomes(passed=1)


def test_keywords_of_subprocess(session):
    """The variables of a program are those of `env`, and those that lead it to the bus."""
    result = session("""
import os, subprocess
import pytest

def test_run(i2c_bus, monkeypatch, capfd):
    monkeypatch.setenv("OTHER", "here")
    show = ["sh", "-c", 'echo "$OTHER $MINE $I2CTARGET_DIR $I2CTARGET_BUS"; cat']
    place = i2c_bus.environment["I2CTARGET_DIR"]
    mine = {"PATH": os.environ["PATH"], "MINE": "yes", "I2CTARGET_BUS": "7"}
    assert i2c_bus.run(show, env=mine, input="in").stdout == f" yes {place} 1\\nin"
    assert i2c_bus.run(show, env=mine, input=b"in", text=False, capture_output=True).stdout == f" yes {place} 1\\nin".encode()
    assert i2c_bus.run(show, env=mine, input="in", capture_output=False).stdout is None
    assert capfd.readouterr().out == f" yes {place} 1\\nin"
    assert i2c_bus.environment.get("MINE") is None
    program = i2c_bus.start(show, env=mine, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, process_group=0)
    assert program.communicate()[0] == f" yes {place} 1\\n"
    for makes_group in os.setsid, os.setpgrp:
        program = i2c_bus.start(["sleep", "60"], preexec_fn=makes_group)
        assert os.getpgid(program.pid) == program.pid
    for call in i2c_bus.run, i2c_bus.start:
        with pytest.raises(TypeError, match="for a shell: "):
            call(["true"], shell=True)
""")
    result.assert_outcomes(passed=1)


def test_a_target_that_fails(session):
    """It is not waited for."""
    result = session("""
import pytest

def test_one(i2c_bus):
    with pytest.raises(RuntimeError, match="'exit 3'.* has ended with status 3 before its targets were there"):
        i2c_bus.start(["sh", "-c", "exit 3"], wait=0x40)
    with pytest.raises(RuntimeError, match="no target at 0x41"):
        i2c_bus.start(["sleep", "600"], wait=0x41)
""")
    result.assert_outcomes(passed=1)


def test_wrong_arguments(session):
    result = session("""
import pytest

def test_one(i2c_bus):
    for wrong in "i2cdetect -y 1", b"true":
        for call in i2c_bus.run, i2c_bus.start:
            with pytest.raises(TypeError, match="a command is a list of words"):
                call(wrong)
    with pytest.raises(TypeError, match="str"):
        i2c_bus.run(["true"], wait="0x50")
    for text in "--clear", "--help", "-- 0x50 nack":
        with pytest.raises(ValueError):
            i2c_bus.fault(text)
    i2c_bus.close()
    for call in i2c_bus.run, i2c_bus.start:
        with pytest.raises(ValueError, match="closed"):
            call(["true"])
""")
    result.assert_outcomes(passed=1)


def test_a_server_that_is_not_waited_for(session):
    """Ctrl-C while it starts: it ends with its folder."""
    result = session("""
import pytest
from i2ctarget.privatebus import PrivateBus

def test_one(monkeypatch):
    servers = []

    def interrupted(bus):
        servers.append(bus._server)
        raise KeyboardInterrupt

    monkeypatch.setattr(PrivateBus, "_await_server", interrupted)
    with pytest.raises(KeyboardInterrupt):
        PrivateBus()
    assert servers[0].poll() is not None
""")
    result.assert_outcomes(passed=1)


def test_a_client_that_fails(session, pytester):
    pytester.path.joinpath("registers.py").write_text(REGISTERS)
    result = session("""
import sys

def test_one(i2c_bus):
    i2c_bus.start([sys.executable, "registers.py"], wait=0x40)
    assert i2c_bus.run(["i2cget", "-y", "1", "0x40", "0x01"]).stdout == "0x77\\n"
""")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- I2C transfers of i2c_bus -*", "/*/i2c_bus.vcd", "*  S 40 W + 01 +  Sr 40 R + 00 -  P *"])


def test_faults(session, pytester):
    pytester.path.joinpath("registers.py").write_text(REGISTERS)
    result = session("""
import sys
import pytest

def get(bus):
    return bus.run(["i2cget", "-y", "1", "0x40", "0x01"], check=False).returncode

def test_one(i2c_bus):
    i2c_bus.start([sys.executable, "registers.py"], wait=0x40)
    i2c_bus.fault("0x40 nack times 2")
    assert [get(i2c_bus) == 0 for _ in range(3)] == [False, False, True]
    i2c_bus.fault("0x40 nack")
    assert get(i2c_bus) != 0
    i2c_bus.clear_faults()
    assert get(i2c_bus) == 0
    with pytest.raises(ValueError, match="explode"):
        i2c_bus.fault("0x40 explode")
""")
    result.assert_outcomes(passed=1)


def run_example(pytester, session, monkeypatch, old="", new=""):
    """examples/test_eeprom_driver.py, with another driver."""
    monkeypatch.setenv("PATH", f"{os.environ['BUILD_DIR']}:{os.environ['PATH']}")
    with open(f"{os.environ['SOURCE_DIR']}/examples/eeprom_driver.py", encoding="utf-8") as file:
        driver = file.read()
    assert old in driver
    pytester.path.joinpath("eeprom_driver.py").write_text(driver.replace(old, new))
    with open(f"{os.environ['SOURCE_DIR']}/examples/test_eeprom_driver.py", encoding="utf-8") as file:
        return session(file.read())


def test_the_example_finds_a_bug(session, pytester, monkeypatch):
    result = run_example(pytester, session, monkeypatch)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*DID NOT RAISE*", *["*  S 50 W + 00 00 01 02 -  P *"] * 3, "*  S 50 W + 08 08 09 0a -  P *"])


def test_the_example_without_the_bug(session, pytester, monkeypatch):
    last = "            time.sleep(WRITE_TIME_S)\n"
    run_example(pytester, session, monkeypatch, last, last + "    else:\n        raise TimeoutError\n").assert_outcomes(passed=2)


def test_a_bus_that_does_not_start(session):
    result = session("""
import pytest

@pytest.mark.i2c(speed=0)
def test_one(i2c_bus):
    pass
""")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*RuntimeError: the bus does not start: *speed*"])


def test_a_bus_that_is_killed(session):
    result = session("""
def test_one(i2c_bus):
    i2c_bus._server.kill()
    i2c_bus._server.wait()
""")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*RuntimeError: the bus has failed: -9*"])


def test_a_program_that_does_not_end(session):
    """It is killed, and the bus ends all the same."""
    result = session("""
from i2ctarget import privatebus

privatebus.PATIENCE_S = 0.1

def test_one(i2c_bus):
    i2c_bus.start(["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"], stdout=-1).stdout.readline()
""")
    result.assert_outcomes(passed=1)


def test_a_stopped_program_is_not_killed(session):
    """It goes on, and learns of the signal."""
    result = session("""
import signal

def test_one(i2c_bus):
    program = i2c_bus.start(["sh", "-c", "trap 'exit 7' TERM; kill -STOP $$"])
    while True:
        with open(f"/proc/{program.pid}/stat") as stat:
            if stat.read().rpartition(")")[2].split()[0] == "T":
                break
    i2c_bus.close()
    assert program.returncode == 7
""")
    result.assert_outcomes(passed=1)


def test_processes_of_others_are_hidden(session):
    """As a /proc does it that is mounted with hidepid=1: one sees their numbers, and nothing else."""
    result = session("""
from i2ctarget import _program

def open_own(path, **keywords):
    if path == "/proc/1/stat":
        raise PermissionError(path)
    return open(path, **keywords)

def test_one(i2c_bus, monkeypatch):
    monkeypatch.setattr(_program, "open", open_own, raising=False)
    i2c_bus.start(["sleep", "60"])
    i2c_bus.close()
""")
    result.assert_outcomes(passed=1)


def test_nothing_is_left(session, monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    result = session("""
def test_one(i2c_bus):
    assert i2c_bus.environment["I2CTARGET_DIR"].startswith(TMPDIR)
""".replace("TMPDIR", repr(str(tmp_path))), f"--basetemp={tmp_path}/pytest")
    result.assert_outcomes(passed=1)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("i2ctarget-")] == []


if __name__ == "__main__":
    cases = [f"{__file__}::{name}" for name in sys.argv[1:]]
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", *(cases or [__file__])]))
