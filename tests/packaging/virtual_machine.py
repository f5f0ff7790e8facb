# SPDX-License-Identifier: Apache-2.0
"""A Debian with a kernel of its own, for what a container shares with this machine: security modules."""
import json
import pathlib
import shutil
import socket
import subprocess

from machine import BOOT_SECONDS, Machine, make_root, wait_for

HERE = pathlib.Path(__file__).resolve().parent
EMULATOR = "qemu-system-x86_64"
PACKAGES = ("initramfs-tools", "linux-image-cloud-amd64", "python3")
# Nothing but a processor that is emulated is the same everywhere, and it is much slower.
SLOWER = 5
COMMAND_SECONDS = 600
# This machine's loopback, as QEMU's user network shows it.
HOST, OWN = "10.0.2.2", "10.0.2.15/24"
SHELL_UNIT = """[Unit]
Description=Commands of the test
[Service]
ExecStart=/usr/local/sbin/guest-shell
Environment=PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive HOME=/root
[Install]
WantedBy=multi-user.target
"""


def make_disk(folder, package, more, files):
    """A root with a kernel in `folder`/root, and a disk of it and of `files` (in its /mnt) in `folder`/disk."""
    root, disk = folder / "root", folder / "disk"
    make_root(root, package, (*PACKAGES, *more))
    shutil.copy(HERE / "guest_shell.py", root / "usr/local/sbin/guest-shell")
    (root / "usr/local/sbin/guest-shell").chmod(0o755)
    unit = root / "etc/systemd/system/guest-shell.service"
    unit.write_text(SHELL_UNIT, encoding="utf-8")
    wanted = root / "etc/systemd/system/multi-user.target.wants/guest-shell.service"
    wanted.unlink(missing_ok=True)
    wanted.symlink_to("../guest-shell.service")
    shutil.rmtree(root / "mnt")
    (root / "mnt").mkdir()
    for file in files:
        shutil.copy(file, root / "mnt")
    disk.unlink(missing_ok=True)
    subprocess.run(["/usr/sbin/mke2fs", "-q", "-t", "ext4", "-d", root, disk, "4G"], check=True)
    return root, disk


class VirtualMachine(Machine):
    """Boots `disk` with the kernel of `root`; what its console says goes to `folder`/console.log."""

    def __init__(self, root, disk, folder):  # pylint: disable=super-init-not-called
        assert shutil.which(EMULATOR), f"{EMULATOR} is missing: apt-get install qemu-system-x86"
        self.port = folder / "shell.sock"
        self.port.unlink(missing_ok=True)
        self.log = open(folder / "qemu.log", "wb")
        self.qemu = subprocess.Popen(
            [EMULATOR, "-accel", "tcg", "-cpu", "max", "-smp", "2", "-m", "1536", "-nodefaults", "-display", "none",
             "-no-reboot", "-kernel", root / "vmlinuz", "-initrd", root / "initrd.img", "-append",
             "root=/dev/vda rw console=ttyS0 net.ifnames=0 apparmor=1 security=apparmor printk.devkmsg=on",
             "-drive", f"file={disk},format=raw,if=virtio", "-serial", f"file:{folder / 'console.log'}",
             "-nic", "user,model=virtio-net-pci", "-device", "virtio-serial-pci", "-device",
             "virtserialport,chardev=shell,name=shell", "-chardev",
             f"socket,id=shell,path={self.port},server=on,wait=off"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        try:
            wait_for(self.port.exists, BOOT_SECONDS, "QEMU's socket")
            self.shell = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.shell.connect(str(self.port))
            self.lines = self.shell.makefile("rb")
            self.shell.settimeout(BOOT_SECONDS * SLOWER)
            assert json.loads(self.lines.readline() or b"{}").get("ready"), f"it did not boot: {folder}/console.log"
            wait_for(self.is_up, BOOT_SECONDS * SLOWER, "systemd to be up")
        except BaseException:
            self.stop()
            raise

    def run(self, *words, check=True, text=None):
        self.shell.settimeout(COMMAND_SECONDS)
        self.shell.sendall(json.dumps({"words": [str(word) for word in words], "text": text}).encode() + b"\n")
        line = self.lines.readline()
        assert line, f"{words}: the machine has ended"
        told = json.loads(line)
        done = subprocess.CompletedProcess(words, told["status"], told["said"])
        assert not check or done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}"
        return done

    def see_port_of_host(self, port):
        """127.0.0.1:`port` inside is what it is on this machine."""
        if "10.0.2.15" not in self.ask("ip", "address", "show", "dev", "eth0"):
            self.run("ip", "address", "add", OWN, "dev", "eth0")
            self.run("ip", "link", "set", "eth0", "up")
        self.run("systemd-run", f"--unit=host-{port}", f"--socket-property=ListenStream=127.0.0.1:{port}",
                 "/lib/systemd/systemd-socket-proxyd", f"{HOST}:{port}")

    def stop(self):
        """The disk is thrown away: nothing has to be ended inside."""
        self.qemu.kill()
        self.qemu.wait()
        self.log.close()
