#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What type checkers see: stubs that say what the modules have (stubtest), and programs with which mypy --strict is content."""

import ast
import glob
import os
import re
import subprocess
import tempfile
import textwrap
import unittest

SOURCE = os.environ["SOURCE_DIR"]
PACKAGE = os.environ["BUILD_DIR"] + "/python/i2ctarget"
FALLBACK = f"{PACKAGE}/fallback"
# Debian's, whatever comes first on the path.
MYPY = ("/usr/bin/python3", "-m", "mypy")
STUBTEST = ("/usr/bin/python3", "-m", "mypy.stubtest", "--concise")
# It has all bus objects.
BOARD = "adafruit_feather_esp32s2"


class TypesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cache = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cache.cleanup)
        cls.cache = cache.name

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.make_package()

    def make_package(self):
        """The package without the folder of the other modules: mypy must not find these by two names."""
        os.mkdir(f"{self.directory}/i2ctarget")
        for name in os.listdir(PACKAGE):
            if name not in ("fallback", "__pycache__"):
                os.symlink(f"{PACKAGE}/{name}", f"{self.directory}/i2ctarget/{name}")

    def run_tool(self, *command):
        """(exit status, what it says)"""
        path = f"{self.directory}:{FALLBACK}"
        clean = {key: value for key, value in os.environ.items() if key not in ("PYTHONDEVMODE", "LD_PRELOAD")}
        done = subprocess.run([*command], capture_output=True, text=True, timeout=300, cwd=self.directory, check=False,
                              env={**clean, "MYPYPATH": path, "PYTHONPATH": path, "I2CTARGET_BOARD": BOARD, "PYTHONWARNINGS": "ignore"})
        return done.returncode, done.stdout + done.stderr

    def mypy(self, *files):
        return self.run_tool(*MYPY, "--strict", "--no-color-output", f"--cache-dir={self.cache}", *files)

    def put(self, name, text):
        with open(f"{self.directory}/{name}", "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(text))
        return name


class Stubs(TypesTest):
    """stubtest imports each module and compares: names, kinds, arguments."""

    # Pins are made by the modules, not by programs; and which there are, besides SCL and SDA, depends on the board.
    ALLOWED = r"""
        microcontroller\.Pin\.__init__
        board\.[A-Z]\w*
        microcontroller\.pin\.GPIO\d+
    """

    def test_they_say_what_the_modules_have(self):
        allowed = f"--allowlist={self.directory}/{self.put('allowed', self.ALLOWED)}"
        self.assertEqual(self.run_tool(*STUBTEST, allowed, "i2ctarget", "board", "microcontroller", "i2cperipheral", "i2cslave"), (0, ""))

    def test_values_of_end(self):
        """stubtest does not compare these."""
        with open(f"{PACKAGE}/__init__.pyi", encoding="utf-8") as file:
            classes = {node.name: node for node in ast.parse(file.read()).body if isinstance(node, ast.ClassDef)}
        values = {node.targets[0].id: node.value.value for node in classes["End"].body}
        status, said = self.run_tool("/usr/bin/python3", "-c", "from i2ctarget import End; print({end.name: end.value for end in End})")
        self.assertEqual((status, ast.literal_eval(said)), (0, values))

    def test_a_wrong_stub_is_noticed(self):
        os.unlink(f"{self.directory}/i2ctarget/__init__.pyi")
        with open(f"{PACKAGE}/__init__.pyi", encoding="utf-8") as file:
            text = file.read()
        for old, new in ("PORT_LOST = 7", "PORT_GONE = 7"), ("ack: bool = True) -> bytearray", "a: bool = True) -> bytearray"):
            self.assertIn(old, text)
            text = text.replace(old, new)
        self.put("i2ctarget/__init__.pyi", text)
        status, said = self.run_tool(*STUBTEST, "i2ctarget")
        self.assertEqual(status, 1)
        self.assertLessEqual({"i2ctarget.End.PORT_LOST", "i2ctarget.I2CTargetRequest.read"}, {line.split(" ")[0] for line in said.splitlines()})


class Programs(TypesTest):
    def test_examples(self):
        examples = sorted(glob.glob(f"{SOURCE}/examples/*.py") + glob.glob(f"{SOURCE}/tests/python/programs/*.py"))
        self.assertGreaterEqual(len(examples), 10)
        status, said = self.mypy(*examples)
        self.assertEqual(status, 0, said)

    def test_snippets_of_the_documents(self):
        names = []
        for document in [f"{SOURCE}/README.md", *sorted(glob.glob(f"{SOURCE}/docs/*.md"))]:
            with open(document, encoding="utf-8") as file:
                snippets = re.findall(r"^```python\n(.*?)^```$", file.read(), re.MULTILINE | re.DOTALL)
            stem = os.path.basename(document).removesuffix(".md").lower()
            names += [self.put(f"{stem}_{count}.py", snippet) for count, snippet in enumerate(snippets, 1)]
        self.assertIn("python_1.py", names)
        status, said = self.mypy(*names)
        self.assertEqual(status, 0, said)

    def revealed(self, program):
        """The types that mypy finds."""
        status, said = self.mypy(self.put("program.py", program))
        return status, re.findall(r'Revealed type is "(.*?)"', said), said

    def test_when_request_may_return_none(self):
        status, types, said = self.revealed("""
            import board
            from i2ctarget import I2CTarget

            with I2CTarget(board.GP5, board.GP4, (0x40,)) as target:
                reveal_type(target.request(timeout=0))
                reveal_type(target.request())
                reveal_type(target.request(timeout=-1))
                reveal_type(target.request(timeout=0.5))
                with target.request(timeout=0) as request:
                    reveal_type(request.read(1)[0])
                    reveal_type(request.write(b""))
                    reveal_type(request.end)
        """)
        one, maybe = "i2ctarget.I2CTargetRequest", "Union[i2ctarget.I2CTargetRequest, None]"
        self.assertEqual((status, types), (0, [one, maybe, maybe, maybe, "builtins.int", "builtins.int", "i2ctarget.End"]), said)

    def test_other_modules(self):
        status, types, said = self.revealed("""
            import board
            import microcontroller
            from i2cperipheral import I2CPeripheral, I2CPeripheralRequest
            from i2cslave import I2CSlave
            from microcontroller import pin

            reveal_type(board.board_id)
            reveal_type(board.D5)
            reveal_type(pin.GPIO5)
            reveal_type(microcontroller.pin.SCL2)
            reveal_type(I2CPeripheral(board.SCL, board.SDA, [0x40]).request(timeout=0))
            reveal_type(I2CSlave(board.SCL, board.SDA, [0x40]))


            def serve(request: I2CPeripheralRequest) -> None:
                request.close()
        """)
        pin = "microcontroller.Pin"
        self.assertEqual((status, types), (0, ["builtins.str", pin, pin, pin, "i2ctarget.I2CTargetRequest", "i2ctarget.I2CTarget"]), said)

    def test_mistakes_are_found(self):
        """Each in a line of its own."""
        mistakes = (
            ("target.request().read()", 'Item "None"'),
            ("target.request(1)", "No overload variant"),
            ('target.request(timeout=0).write("text")', "Argument 1"),
            ("target.request(timeout=0).read(ack=0.5)", "Argument"),
            ("target.add_address('0x40')", "Argument 1"),
            ("board.nothing.pull()", 'has no attribute "pull"'),
        )
        right = ["import board", "from i2ctarget import I2CTarget", "target = I2CTarget(board.SCL, board.SDA, [0x40])"]
        status, said = self.mypy(self.put("mistakes.py", "\n".join([*right, *(mistake for mistake, _ in mistakes), ""])))
        self.assertEqual(status, 1)
        for line, (mistake, words) in enumerate(mistakes, len(right) + 1):
            with self.subTest(mistake):
                self.assertRegex(said, rf"(?m)^mistakes\.py:{line}: error: .*{re.escape(words)}")


if __name__ == "__main__":
    unittest.main()
