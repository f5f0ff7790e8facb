# SPDX-License-Identifier: Apache-2.0
"""The status page of the admin listener, in a real browser without a screen."""

import os
import pathlib
import re
import subprocess
import threading
import unittest

from harness import ROOT, Daemon, EndToEnd, call, folder, free_port, wait_for

PAGE = ROOT / "web/status.html"
CHARTS = ("answers", "latency", "age", "redis", "spool")
# Of the page's own time, which runs faster than ours: thirty turns.
PAGE_MS = 60_000


def browse(daemon, place, *more):
    """What the page has become after a minute of its time, as HTML, and what the browser complained of."""
    words = ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr",
             f"--user-data-dir={place}/browser", "--window-size=1100,720", f"--virtual-time-budget={PAGE_MS}",
             *more, f"http://127.0.0.1:{daemon.admin}/"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=240, check=True)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def figure(html, name):
    return re.search(rf"<dt>{name}</dt><dd>([^<]*)</dd>", html).group(1)


class StatusPage(EndToEnd):
    def setUp(self):
        self.place = folder()
        self.addCleanup(self.place.cleanup)

    def start(self, **more):
        daemon = Daemon(self.place.name, **more)
        self.addCleanup(daemon.stop)
        return daemon

    def keep_busy(self, daemon):
        """Somebody is signed in and asks for the number, again and again."""
        stop = threading.Event()

        def work():
            while not stop.is_set():
                daemon.share(daemon.sign_in("127.0.10.1"))

        worker = threading.Thread(target=work)
        worker.start()
        self.addCleanup(worker.join)
        self.addCleanup(stop.set)

    def test_shows_what_a_node_at_work_knows(self):
        daemon = self.start()
        self.keep_busy(daemon)

        html, complaints = browse(daemon, self.place.name, "--dump-dom")

        self.assertEqual(complaints, [])
        self.assertIn('class="good">ready to answer<', html)
        for chart in CHARTS:
            self.assertRegex(html, rf'<div id="{chart}"><svg ', chart)
        self.assertRegex(html, r'aria-label="answered \d[^"]*"><line.*?<path d="M[^"]+L', "no line of answers")
        self.assertGreater(int(figure(html, "numbers shared").replace(",", "")), 0)
        self.assertEqual(len(re.findall(r"<td>numproof\.sessions/\d</td>", html)), 4)
        self.assertIn('<small id="no-redis">', html)

    def test_says_why_a_node_is_not_ready(self):
        daemon = self.start(settings={
            "directory.backend": "redis", "directory.redis.addresses": [f"127.0.0.1:{free_port()}"]}, ready=False)
        wait_for(lambda: daemon.readiness() is not None, 30, "the admin listener")
        html, complaints = browse(daemon, self.place.name, "--dump-dom")
        # The browser tells each 503 of /readyz.
        self.assertEqual([line for line in complaints if "503" not in line], [])
        self.assertIn('class="bad">not ready<', html)
        self.assertRegex(html, r'<li class="bad">directory: ')

    def test_needs_nothing_from_outside_and_may_fetch_nothing(self):
        text = PAGE.read_text()
        self.assertEqual(set(re.findall(r"https?://[^\s\"')]+", text)), {"http://www.w3.org/2000/svg"})
        self.assertIn("default-src 'none'", text)
        self.assertNotIn("innerHTML", text)
        daemon = self.start()
        answer = call(daemon.admin, "GET", "/")
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        self.assertEqual(answer.body, PAGE.read_bytes())
        self.assertEqual(call(daemon.port, "GET", "/").status, 404, "not on the public listener")

    def test_draws_in_light_and_in_dark(self):
        daemon = self.start()
        self.keep_busy(daemon)
        kept = os.environ.get("NUMPROOF_SCREENSHOTS")  # How the pictures in docs/ are made.
        pictures = {}
        for name, scheme in (("light", 1), ("dark", 0)):
            picture = pathlib.Path(kept or self.place.name) / f"status-{name}.png"
            browse(daemon, self.place.name, f"--blink-settings=preferredColorScheme={scheme}", f"--screenshot={picture}")
            pictures[name] = picture.read_bytes()
            self.assertTrue(pictures[name].startswith(b"\x89PNG"))
        self.assertNotEqual(pictures["light"], pictures["dark"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
