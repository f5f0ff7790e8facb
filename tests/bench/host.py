# SPDX-License-Identifier: Apache-2.0
"""The machine that is measured on: its cores, and processes that are pinned, watched and ended by id."""

import os
import pathlib
import platform
import signal
import socket
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("NUMPROOF_BIN", ROOT / "build/bench/bin"))
OUT = ROOT / "build/bench"
SERVER_CORE, LOAD_CORE, BOTH = "0", "1", "0,1"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, seconds, what):
    """Returns the first true value of condition(), asked again until the time is over."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.02)


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def on_core(core, *words):
    """The command `words`, kept to cores and ended with us, whatever ends us. Its process id stays the one we get."""
    return ["setpriv", "--pdeathsig", "KILL", "taskset", "-c", core, *(str(word) for word in words)]


class Process:
    """A child that is ended by its id; what it says goes to a file."""

    def __init__(self, words, core, log):
        self.log = pathlib.Path(log)
        with open(self.log, "ab") as output:
            self.child = subprocess.Popen(on_core(core, *words), stdin=subprocess.DEVNULL, stdout=output,
                                          stderr=output, start_new_session=True)
        self.pid = self.child.pid

    def wait_until(self, ready, what, seconds=30):
        def lives_and_is_ready():
            if self.child.poll() is not None:
                raise RuntimeError(f"{what} ended with {self.child.returncode}: {self.tail()}")
            return ready()
        return wait_for(lives_and_is_ready, seconds, what)

    def tail(self):
        return self.log.read_text(errors="replace")[-2000:]

    def stop(self, seconds=30):
        if self.child.poll() is None:
            self.child.terminate()
        try:
            self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()


def cpu_seconds(pid):
    """What all threads of a process, ended ones too, have used: the kernel counts in ticks of 10 ms."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_bytes(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"process {pid} has no memory")


def rss_at_rest(pid, seconds=5):
    """Resident memory once it has stayed as it is, within 1 %, for some seconds."""
    seen, since = rss_bytes(pid), time.monotonic()

    def rests():
        nonlocal seen, since
        now = rss_bytes(pid)
        if abs(now - seen) > seen / 100:
            seen, since = now, time.monotonic()
        return time.monotonic() - since > seconds
    wait_for(rests, 120, "memory at rest")
    return rss_bytes(pid)


def child_of(pid):
    """The one child of a process, once there is one."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
    return wait_for(lambda: [int(word) for word in children.read_text().split()], 10, "a worker")[0]


def sync_us(folder, times=200):
    """What it costs to append a little to a file and have it on the disk: the median."""
    spent = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(times):
            os.write(file.fileno(), b"x" * 4096)
            begin = time.perf_counter()
            os.fdatasync(file.fileno())
            spent.append(time.perf_counter() - begin)
    return round(1e6 * statistics.median(spent))


def description(folder):
    """What a reader must know about this machine to compare figures."""
    model = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release(),
            "load_before": round(os.getloadavg()[0], 2), "fdatasync_us": sync_us(folder)}


def end_on_signals():
    """Ctrl-C and SIGTERM unwind the stack, so that everything that was started is ended."""
    def leave(number, _frame):
        raise SystemExit(128 + number)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
