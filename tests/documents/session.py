# SPDX-License-Identifier: MIT
"""A stranger at a shell: what a document says to type is typed, and what it says will be printed is compared with what is printed.

    $ command           is typed as it stands; what stands below it, up to the next, is its output
    …                   a line like this stands for any number of lines
    command &           goes on in the background; its output is waited for
    /home/you           the home of whoever reads
"""

import os
import re
import select
import shlex
import signal
import subprocess
import time

NOBODY = 65534
PATIENCE_S = 240


def commands_of(text):
    """[(command, [line of output, …]), …]"""
    found = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif not found:
            raise ValueError(f"output without a command: {line}")
        else:
            found[-1][1].append(line)
    return found


def pattern_of(lines, varies=()):
    """A regular expression for the output that a document shows."""

    def of_line(line):
        if line == "…":
            return r"(?:.*\n)*?"
        parts, at = "", 0
        for match in re.finditer("|".join(f"(?:{one})" for one in varies) or r"(?!)", line):
            this = next(one for one in varies if re.fullmatch(one, match[0]))
            parts += re.escape(line[at:match.start()]) + f"(?:{this})"
            at = match.end()
        return parts + re.escape(line[at:]) + r"\n"

    return "".join(map(of_line, lines))


SIZE = r"(?<!\d)\d{3,}(?!\d)"


def are_near(shown, said, percent):
    """Both have as many sizes, each within so many per cent of the other."""
    pairs = list(zip(*([int(size) for size in re.findall(SIZE, text)] for text in (shown, said)), strict=True))
    return all(abs(one - other) * 100 <= percent * other for one, other in pairs)


class Session:
    """One shell, with all that it starts."""

    def __init__(self, home, directory):
        # The PATH of Debian's ordinary users.
        environment = {"HOME": home, "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "XDG_RUNTIME_DIR": f"{home}/run", "USER": "you"}
        command = ["bash", "--norc", "--noprofile"]
        if os.getuid() == 0:
            command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
        self.home, self.text, self.count = home, "", 0
        self.shell = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=directory,
                                      env=environment, start_new_session=True)

    def close(self):
        """Ends whatever still runs: it is all in one process group."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.shell.pid, number)
            except ProcessLookupError:
                break
            time.sleep(0.5)
        self.shell.wait()
        self.shell.stdin.close()
        self.shell.stdout.close()

    def say(self, text):
        self.shell.stdin.write(text.encode())
        self.shell.stdin.flush()

    def read_until(self, pattern):
        """What was printed up to the match, which it takes away; None: it did not come."""
        end = time.monotonic() + PATIENCE_S
        while not (match := re.search(pattern, self.text)):
            left = end - time.monotonic()
            if left < 0 or not select.select([self.shell.stdout], [], [], left)[0]:
                return None
            got = os.read(self.shell.stdout.fileno(), 65536)
            if not got:
                return None
            self.text += got.decode(errors="replace")
        said, self.text = self.text[:match.start()] + match[0], self.text[match.end():]
        return said

    def run(self, command, lines, varies=(), near=None):
        """Problem, as text; None: it printed what the document shows, and succeeded."""
        if near is not None:
            varies = (*varies, SIZE)
        expected = pattern_of([line.replace("/home/you", self.home) for line in lines], varies)
        if command.endswith("&"):
            self.say(command + "\n")
            return None if self.read_until(expected) is not None else f"$ {command}\nsaid: {self.text}\nnot: {lines}"
        self.count += 1
        end = f"-- end of command {self.count}: "
        self.say(f"{{ {command}\n}} </dev/null; echo {shlex.quote(end)}$?\n")
        said = self.read_until(rf"{end}\d+\n")
        if said is None:
            return f"$ {command}\ndoes not end, after: {self.text}"
        said, status = said.rsplit(end, 1)
        is_right = status.strip() == "0" and re.fullmatch(expected, said)
        if not is_right or (near is not None and not are_near("\n".join(lines), said, float(near))):
            return f"$ {command}\nexit status {status.strip()}, said:\n{said}\nnot:\n" + "\n".join(lines)
        return None


def play(session, blocks, write):
    """Runs the sessions of a document, and writes its files before what comes after them.  The first problem, as text; None."""
    for block in blocks:
        if "not run" in block.marks:
            continue
        if block.mark("file"):
            write(block.mark("file"), block.text)
        if block.language == "console":
            for command, lines in commands_of(block.text):
                problem = session.run(command, lines, block.marks.get("varies", ()), block.mark("near"))
                if problem:
                    return f"{block}: {problem}"
    return None
