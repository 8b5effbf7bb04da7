# SPDX-License-Identifier: MIT
"""A program with all that it starts: the children of a shell end with it.

It has a session of its own, and so a group of its own.  Ctrl-C at the terminal does not reach it; whoever has started it ends it.  A process
that leaves the group (a daemon, setsid, a shell with job control) is not ended.
"""

import os
import signal
import subprocess
import time

LOOK_S = 0.01


def start(command, **keywords):
    """As subprocess.Popen()."""
    if not _makes_group(keywords):
        keywords.setdefault("start_new_session", True)
    return subprocess.Popen(command, **keywords)


def _makes_group(keywords):
    """The leader of a session can not make another one, nor another group."""
    return "process_group" in keywords or keywords.get("preexec_fn") in (os.setsid, os.setpgrp)


def end(program, patience_s):
    """SIGTERM for all of it, and SIGKILL for what is still there after so many seconds."""
    _send(program, signal.SIGTERM)
    _send(program, signal.SIGCONT)  # one that is stopped learns of it only then
    if not _has_ended(program, patience_s):
        _send(program, signal.SIGKILL)
    program.wait()


def _send(program, number):
    if _is_forgotten(program):
        return
    try:
        os.killpg(program.pid, number)
    except ProcessLookupError:  # there is no such group any more, or it is in another one by its caller's wish
        program.send_signal(number)


def _is_forgotten(program):
    """Its number is another process's by now.  While there is its group, the number is not given again."""
    return program.returncode is not None and os.path.exists(f"/proc/{program.pid}")


def _has_ended(program, patience_s):
    until = time.monotonic() + patience_s
    try:
        program.wait(patience_s)
    except subprocess.TimeoutExpired:
        return False
    while _has_members(program.pid):
        if time.monotonic() > until:
            return False
        time.sleep(LOOK_S)
    return True


def _has_members(group):
    """One that has ended, and that nobody has waited for, is none: a container's first process may be one that waits for nobody."""
    return any(_group_of(number) == group for number in os.listdir("/proc") if number.isdecimal())


def _group_of(number):
    """None: it has ended, or it is another user's, and /proc shows only one's own (hidepid)."""
    try:
        with open(f"/proc/{number}/stat", encoding="utf-8", errors="replace") as stat:
            state, _, group = stat.read().rpartition(")")[2].split()[:3]
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return None
    return None if state == "Z" else int(group)
