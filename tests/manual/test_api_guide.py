# SPDX-License-Identifier: Apache-2.0
"""The commands of docs/api.md, run from top to bottom against a sandbox, say what the page says."""

import pathlib
import re
import subprocess
import sys
import unittest

from pages import DOCS, ROOT

sys.path.insert(0, str(ROOT / "tests/e2e"))
from harness import Daemon, folder  # noqa: E402

MARK = "=== end of block ==="


def blocks(text):
    """Each ```sh block with the block after it, if that shows what comes out."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S)
    for number, (kind, body) in enumerate(found):
        if kind == "sh":
            shown = number + 1 < len(found) and found[number + 1][0] in ("json", "text")
            yield body, found[number + 1][1].strip() if shown else ""


def fits(shown, said):
    """Whether `said` is `shown`, with any text for each ellipsis."""
    pattern = ".+?".join(re.escape(part) for part in shown.split("…"))
    return re.fullmatch(pattern, said.strip(), re.S) is not None


class Guide(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.held = folder()
        cls.addClassCleanup(cls.held.cleanup)
        cls.sandbox = Daemon(cls.held.name)
        cls.addClassCleanup(cls.sandbox.stop)

    def here(self, text):
        """The page's text with this sandbox's port."""
        return text.replace("localhost:9091", f"localhost:{self.sandbox.port}").replace(
            "localhost%3A9091", f"localhost%3A{self.sandbox.port}")

    def test_every_command_says_what_the_page_says(self):
        steps = list(blocks(self.here((DOCS / "api.md").read_text())))
        self.assertGreater(len([shown for _, shown in steps if shown]), 12)
        script = pathlib.Path(self.held.name) / "guide.sh"
        script.write_text("set -eu\n" + "".join(f"{body}\necho; echo '{MARK}'\n" for body, _ in steps))
        done = subprocess.run(["bash", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        said = done.stdout.split(MARK)[:-1]
        self.assertEqual(len(said), len(steps))
        for (body, shown), words in zip(steps, said):
            with self.subTest(body[:60]):
                self.assertTrue(fits(shown, words), f"\n{body}\nthe page shows\n{shown}\nand it said\n{words.strip()}")

    def test_another_answer_would_be_seen(self):
        self.assertTrue(fits('{"a":"…"}', '{"a":"b"}'))
        self.assertFalse(fits('{"a":true}', '{"a":false}'))
        self.assertFalse(fits('{"a":"…"}', '{"a":""}\n{"b":1}'))
        self.assertFalse(fits("", "an error"))


if __name__ == "__main__":
    unittest.main()
