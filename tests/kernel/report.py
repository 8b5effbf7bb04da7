# SPDX-License-Identifier: MIT
"""What the guest says, and whether to believe it.

Two streams come out of it: the report (guest/runner.sh says what its lines are) and the kernel's log, with a mark where each
check began and ended.  A check counts as passed only if the guest said so, just once, between its begin and its end, and if
the kernel's log between the marks has no complaint that the check did not expect.  Which checks there are is known from the
files of the groups, not from the guest.
"""

import dataclasses
import re

COMPLAINTS = re.compile(
    r"WARNING:|BUG:|BUG at|Oops|Kernel panic|Call Trace|general protection|refcount_t:|list_(add|del) corruption|"
    r"blocked for more than|rcu.*stall|soft lockup|hard LOCKUP|unable to handle|scheduling while atomic|use-after-free|"
    r"double free|failure (reading|writing) data|sysfs: cannot create duplicate|Out of memory|segfault at|"
    r"transfer buffer not dma capable|unregistered with|still (has|in use)|[Cc]annot allocate|leaked")
MARK = re.compile(r"i2ctarget: (begin|end) (\S+)\s*$")
DIED = re.compile(r"Kernel panic[^\r\n]*")


@dataclasses.dataclass
class Result:
    """One check."""
    name: str
    why: str = "not run"     # empty: passed
    seconds: float = 0.0
    output: list = dataclasses.field(default_factory=list)
    said: list = dataclasses.field(default_factory=list)
    expected_log: list = dataclasses.field(default_factory=list)

    @property
    def passed(self):
        return not self.why


class Report:
    """The report, line by line as it comes; then the verdict."""

    def __init__(self, groups, on_result=lambda result: None):
        self.results = {name: Result(name) for group in groups for name in group.names()}
        for group in groups:
            for name in (f"{group.name}.setup", f"{group.name}.teardown"):
                self.results[name] = Result(name)
        self.groups = {group.name: group for group in groups}
        self.on_result = on_result
        self.troubles = []      # about the report as a whole
        self.current = None     # the check that runs
        self.began = 0.0
        self.ended = None       # what the guest counted: (passed, failed)
        self.done = set()

    def limit(self):
        """How many seconds may pass until the next line but one of a check's output."""
        if self.current:
            return self.groups[self.current.name.partition(".")[0]].seconds + 20
        return 60

    def line(self, text, now):
        """One line of the report."""
        word, _, rest = text.partition(" ")
        handler = getattr(self, f"_{word}", None) if re.fullmatch(r"[a-z]+", word) else None
        if self.ended:
            self.troubles.append(f"after its end: {text!r}")
        elif word == "|":
            if self.current:
                self.current.output.append(rest)
        elif handler and word in ("group", "begin", "log", "say", "pass", "fail", "end"):
            handler(rest, now)
        else:
            self.troubles.append(f"not a line of a report: {text[:200]!r}")

    def _group(self, name, _):
        if name not in self.groups:
            self.troubles.append(f"a group that nobody asked for: {name}")

    def _begin(self, name, now):
        if self.current:
            self.troubles.append(f"begun, and without a result: {self.current.name}")
        if name not in self.results or name in self.done:
            self.troubles.append(f"a check that nobody asked for, or a second time: {name}")
            self.current = None
            return
        self.current, self.began = self.results[name], now

    def _log(self, pattern, _):
        if self.current:
            self.current.expected_log.append(pattern)

    def _say(self, text, _):
        if self.current:
            self.current.said.append(text)

    def _finish(self, name, why, now):
        if not self.current or self.current.name != name:
            self.troubles.append(f"a result without its begin: {name}")
            return
        result, self.current = self.current, None
        result.why, result.seconds = why, now - self.began
        self.done.add(name)
        self.on_result(result)

    def _pass(self, name, now):
        self._finish(name, "", now)

    def _fail(self, rest, now):
        name, _, why = rest.partition(" ")
        self._finish(name, why or "failed", now)

    def _end(self, counts, _):
        found = re.fullmatch(r"(\d+) (\d+)", counts)
        if found:
            self.ended = (int(found[1]), int(found[2]))
        else:
            self.troubles.append(f"an end without counts: {counts!r}")

    def stopped(self, why):
        """The guest was ended, or ended itself, before its report did."""
        self.troubles.append(why)
        if self.current:
            self.current.why = why
            self.on_result(self.current)
            self.current = None

    def kernel_log(self, text):
        """Judge the kernel's log."""
        owner = None
        for line in text.replace("\r", "").splitlines():
            mark = MARK.search(line)
            if mark:
                owner = self.results.get(mark[2]) if mark[1] == "begin" else None
            elif COMPLAINTS.search(line):
                self._complaint(owner, line)

    def _complaint(self, owner, line):
        if owner is None:
            self.troubles.append(f"the kernel, between the checks: {line}")
        elif not any(re.search(pattern, line) for pattern in owner.expected_log):
            owner.output.append(f"kernel: {line}")
            owner.why = owner.why or "the kernel complained"

    def finish(self):
        """All is there: compare with what the guest counted."""
        checks = [result for name, result in self.results.items() if not name.endswith((".setup", ".teardown"))]
        if self.ended is None:
            if not self.troubles:
                self.troubles.append("no end")
        else:
            counted = sum(1 for result in checks if result.name in self.done)
            if counted != sum(self.ended) and not any(not result.passed for result in self.results.values()):
                self.troubles.append(f"the guest counted {sum(self.ended)} checks, and reported {counted}")
        return checks

    @property
    def good(self):
        """Whether every check has passed and nothing else is wrong."""
        return bool(self.results) and not self.troubles and all(result.passed for result in self.results.values())


def died(log):
    """The kernel's last words, if it panicked."""
    found = DIED.search(log)
    return found[0].strip() if found else None
