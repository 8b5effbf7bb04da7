# SPDX-License-Identifier: MIT
"""survivors.toml: mutants that no test sees, each with the reason why none has to."""

import collections
import tomllib

from workspace import Trouble


def load(path):
    """Reasons by the mutants' keys."""
    with open(path, "rb") as file:
        entries = tomllib.load(file).get("survivor", [])
    reasons = {}
    for entry in entries:
        if set(entry) != {"id", "was", "becomes", "why"} or not entry["why"].strip():
            raise Trouble(f"survivors.toml: an entry has id, was, becomes and why: {entry}")
        key = entry["id"], entry["was"], entry["becomes"]
        if key in reasons:
            raise Trouble(f"survivors.toml: twice: {entry['id']}")
        reasons[key] = entry["why"]
    return reasons


def entry(mutant):
    """As it is to be written there, but for the reason."""
    return f"[[survivor]]\nid = \"{mutant.id}\"\nwas = '''{mutant.was}'''\nbecomes = '''{mutant.becomes}'''\nwhy = \"\"\n"


class Tally:
    """What became of the mutants that were drawn."""

    def __init__(self, reasons, there):
        self.reasons = reasons
        self.gone = [key for key in reasons if key not in there]
        self.verdicts = collections.Counter()
        self.survived, self.killed_all_the_same = [], []

    def add(self, mutant, killer):
        """The verdict in a word."""
        verdict = "killed" if killer else "explained" if mutant.key in self.reasons else "survived"
        self.verdicts[verdict] += 1
        if verdict == "survived":
            self.survived.append(mutant)
        elif killer and mutant.key in self.reasons:
            self.killed_all_the_same.append((mutant, killer))
        return verdict

    @property
    def is_good(self):
        return not (self.survived or self.killed_all_the_same or self.gone) and sum(self.verdicts.values()) > 0

    def report(self):
        lines = []
        if self.survived:
            lines += ["", "No test sees these; a test, or an entry in survivors.toml with a reason:", ""]
            lines += [entry(mutant) for mutant in sorted(self.survived, key=lambda m: (m.file, m.line, m.id))]
        for mutant, killer in self.killed_all_the_same:
            lines.append(f"survivors.toml explains what {killer} kills: {mutant.id}")
        for id, was, _ in self.gone:
            lines.append(f"survivors.toml explains what is not there any more: {id} ({was})")
        lines += ["", ", ".join(f"{self.verdicts[word]} {word}" for word in ("killed", "explained", "survived"))]
        return "\n".join(lines)
