# SPDX-License-Identifier: Apache-2.0
"""A Debian with a booted systemd, thrown away at the end: a container of systemd-nspawn."""
import ctypes
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time

BOOT_SECONDS = 120
WALL = 0x40000000  # waitpid(2): threads, too.
# A service manager, what our package stands on, and what the test asks with.
PACKAGES = ["systemd", "systemd-sysv", "dbus", "iproute2", "procps", "curl", "redis-server"]


def wait_for(condition, seconds, what):
    """The first true value of condition(), asked again until the time is over."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.2)


def dependencies(package):
    """The names in Depends of a .deb, of alternatives the first."""
    told = subprocess.run(["dpkg-deb", "-f", package, "Depends"], capture_output=True, text=True, check=True).stdout
    return [re.split(r"[\s(|:]", part.strip())[0] for part in told.split(",") if part.strip()]


def make_root(folder, package, more=()):
    """A root file system in `folder`, made once for a list of packages: it takes a minute."""
    wanted = sorted({*PACKAGES, *more, *dependencies(package)})
    mark = folder / "numproof-test-packages"
    if mark.exists() and mark.read_text(encoding="utf-8").split() == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", "--include=" + ",".join(wanted), "bookworm", folder],
                   check=True)
    mark.write_text("\n".join(wanted), encoding="utf-8")


def await_end(thread):
    status = os.waitpid(thread, WALL)[1]
    while os.WIFSTOPPED(status):
        status = os.waitpid(thread, WALL)[1]


class Machine:
    """Boots a copy of `root`; `shared` is /mnt inside."""

    def __init__(self, root, shared, log):
        self.log = open(log, "wb")
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "--ephemeral", f"--directory={root}", "--boot", "--register=no", "--keep-unit",
             "--private-network", f"--bind-ro={shared}:/mnt"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"})
        try:
            self.first = wait_for(self.first_process, BOOT_SECONDS, "the container's first process")
            wait_for(self.is_up, BOOT_SECONDS, "systemd to be up")
        except BaseException:
            self.stop()
            raise

    def first_process(self):
        """What systemd-nspawn started, as this machine numbers it, once it is systemd."""
        assert self.nspawn.poll() is None, "systemd-nspawn ended: it needs root, and room for a copy of the root"
        children = pathlib.Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children").read_text().split()
        for child in children:
            if pathlib.Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                return int(child)
        return None

    def is_up(self):
        return self.run("systemctl", "is-system-running", check=False).stdout.strip() in ("running", "degraded")

    def run(self, *words, check=True, text=None):
        """Runs a command inside; gives its status and all that it said as `stdout`."""
        done = subprocess.run(
            ["nsenter", "-t", str(self.first), "-m", "-u", "-i", "-n", "-p", "-C", "--", "env", "-i",
             "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", *map(str, words)],
            input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False)
        assert not check or done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}"
        return done

    def ask(self, *words):
        return self.run(*words, check=False).stdout.strip()

    def write(self, path, text):
        self.run("sh", "-c", f"cat >{path}", text=text)

    def outside(self, pid):
        """The number that process `pid` of the container has on this machine."""
        for status in pathlib.Path("/proc").glob("[0-9]*/status"):
            try:
                text = status.read_text()
                same = os.readlink(status.parent / "ns/pid") == os.readlink(f"/proc/{self.first}/ns/pid")
            except OSError:
                continue
            numbers = re.search(r"^NSpid:\s*(.*)$", text, re.M)
            if same and numbers and numbers[1].split()[-1] == str(pid):
                return int(status.parent.name)
        raise AssertionError(f"no process {pid} in the container")

    def freeze_thread(self, pid, name):
        """One thread of process `pid` does not move any more, as if it hung; the others do. Ends with the process."""
        outside = self.outside(pid)
        threads = [int(task.name) for task in pathlib.Path(f"/proc/{outside}/task").iterdir()
                   if (task / "comm").read_text().strip() == name]
        libc = ctypes.CDLL(None, use_errno=True)
        for number, request in (("seize", 0x4206), ("interrupt", 0x4207)):  # ptrace(2)
            if libc.ptrace(request, threads[0], None, None) != 0:
                raise OSError(ctypes.get_errno(), f"ptrace: {number}")
        # Whoever traces it has to take note of its end, or the process stays for ever.
        threading.Thread(target=await_end, args=(threads[0],), daemon=True).start()

    def stop(self):
        if self.nspawn.poll() is None:
            self.nspawn.send_signal(signal.SIGTERM)
            try:
                self.nspawn.wait(60)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                self.nspawn.wait()
        self.log.close()


def errors_inside(pid, attempts):
    """What happens to each of `attempts` (functions) in the mount namespace of process `pid`: '' or an errno's name."""
    import errno
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        told = []
        namespace = os.open(f"/proc/{pid}/ns/mnt", os.O_RDONLY)
        libc = ctypes.CDLL(None, use_errno=True)
        entered = libc.setns(namespace, 0) == 0
        for attempt in attempts if entered else []:
            try:
                attempt()
                told.append("")
            except OSError as error:
                told.append(errno.errorcode[error.errno])
        os.write(writer, ",".join(told).encode() if entered else b"not entered")
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as pipe:
        return pipe.read().split(",")
