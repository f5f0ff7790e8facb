#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The .rpm in a root of its own (rpm --root), where its scripts run: installed, upgraded and erased.

    ./dev package --test            or: test_rpm.py NUMPROOF.deb NUMPROOF.rpm WORK, as root

The root is a Debian with the libraries of the .deb: no rpm there knows them, so that dependencies are only listed.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

from machine import make_root

PROGRAMS = ("numproofd", "numproofctl")
CONFIGURATION = "etc/numproof/numproof.yaml"


def next_version(rpm, folder):
    """The same files as a version later, with another shipped configuration; gives its file."""
    packaging = pathlib.Path(__file__).resolve().parents[2] / "packaging/rpm"
    tree = folder / "next/tree"
    shutil.rmtree(tree.parent, ignore_errors=True)
    tree.mkdir(parents=True)
    archive = subprocess.run(["rpm2cpio", rpm], capture_output=True, check=True).stdout
    subprocess.run(["cpio", "-id", "--quiet"], input=archive, cwd=tree, check=True)
    for copy in (CONFIGURATION, "usr/share/numproof/numproof.yaml"):
        with open(tree / copy, "a", encoding="utf-8") as file:
            file.write("# A line that the next version has.\n")
    (tree / "usr/lib/debug").mkdir(parents=True)
    subprocess.run(["rpmbuild", "-bb", "--quiet", "--define", f"_topdir {tree.parent}/top", "--define",
                    f"_rpmdir {tree.parent}", "--define", f"tree {tree}", "--define", "np_version 99",
                    "--define", "_build_name_fmt %%{NAME}-%%{VERSION}.rpm", packaging / "numproof.spec"], check=True)
    return tree.parent / "numproof-99.rpm"


class Rpm(unittest.TestCase):
    deb = package = work = None

    @classmethod
    def setUpClass(cls):
        make_root(cls.work / "root", cls.deb)
        cls.root = cls.work / "rpm-root"
        shutil.rmtree(cls.root, ignore_errors=True)
        subprocess.run(["cp", "-a", "--reflink=auto", cls.work / "root", cls.root], check=True)
        # As whoever builds an image has it; systemd-tmpfiles needs it.
        subprocess.run(["mount", "-t", "proc", "proc", cls.root / "proc"], check=True)
        cls.addClassCleanup(subprocess.run, ["umount", cls.root / "proc"], check=True)
        cls.next = next_version(cls.package, cls.work)

    def rpm(self, *words):
        done = subprocess.run(["rpm", "--root", self.root, *map(str, words)], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def inside(self, *words, status=0):
        done = subprocess.run(["chroot", self.root, *map(str, words)], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def owner(self, path):
        return self.inside("stat", "-c", "%a %U %G", path).strip()

    def test_1_installed(self):
        said = self.rpm("--install", "--nodeps", self.package)
        self.assertIn("numproof.yaml is as it was shipped", said)
        for program in PROGRAMS:
            self.assertRegex(self.inside(f"/usr/bin/{program}", "--version"), r"\d+\.\d+\.\d+")
        self.assertEqual(self.owner("/etc/numproof"), "750 root numproof")
        self.assertEqual(self.owner("/etc/numproof/keys"), "750 root numproof")
        self.assertEqual(self.owner("/etc/numproof/clients.yaml"), "640 root numproof")
        self.assertIn("numproof", self.inside("getent", "passwd", "numproof"))
        self.assertEqual(self.inside("systemctl", "is-enabled", "numproofd.service").strip(), "enabled")
        self.assertEqual(self.inside("systemctl", "is-enabled", "numproofd.socket", status=1).strip(), "disabled")
        self.rpm("--verify", "--nodeps", "numproof")

    def test_2_its_programs_run_and_its_unit_is_for_older_systemd(self):
        shipped = self.inside("/usr/bin/numproofd", "--check-config", "--config", f"/{CONFIGURATION}", status=78)
        self.assertIn(f"/{CONFIGURATION}", shipped)
        unit = (self.root / "usr/lib/systemd/system/numproofd.service").read_text(encoding="utf-8")
        self.assertNotRegex(unit, r"(?m)^(ExecCondition|ProtectProc|ExecPaths)=")
        self.assertRegex(unit, r"(?m)^ProtectSystem=strict$")
        self.assertEqual(self.inside("systemd-analyze", "verify", "--man=no", "numproofd.service", "numproofd.socket"), "")
        for page in ("man8/numproofd.8", "man8/numproofctl.8", "man5/numproof.yaml.5"):
            self.assertTrue((self.root / f"usr/share/man/{page}.gz").exists(), page)
        listed = self.rpm("--query", "--docfiles", "--configfiles", "numproof")
        self.assertIn("/usr/share/doc/numproof/install.md", listed)

    def test_3_upgraded_it_keeps_what_was_changed(self):
        (self.root / CONFIGURATION).write_text("auth: {issuer: 'https://idp.example.com'}\n", encoding="utf-8")
        (self.root / "var/lib/numproof/spool").mkdir(parents=True)
        (self.root / "var/lib/numproof/spool/segment").write_text("kept", encoding="utf-8")
        (self.root / "etc/numproof/keys/directory.key").write_text("kept", encoding="utf-8")
        self.inside("systemctl", "disable", "numproofd.service")

        said = self.rpm("--upgrade", "--nodeps", self.next)

        self.assertIn("numproof.yaml.rpmnew", said)
        self.assertIn("idp.example.com", (self.root / CONFIGURATION).read_text(encoding="utf-8"))
        self.assertIn("the next version", (self.root / (CONFIGURATION + ".rpmnew")).read_text(encoding="utf-8"))
        self.assertEqual(self.owner("/etc/numproof/clients.yaml"), "640 root numproof")
        self.assertEqual(self.inside("systemctl", "is-enabled", "numproofd.service", status=1).strip(), "disabled",
                         "the operator's choice")
        self.inside("systemctl", "enable", "numproofd.service")

    def test_3b_downgraded_it_keeps_them_too(self):
        self.rpm("--upgrade", "--oldpackage", "--nodeps", self.package)

        self.assertNotIn("99", self.rpm("--query", "numproof"))
        for kept, text in ((CONFIGURATION, "idp.example.com"), ("var/lib/numproof/spool/segment", "kept"),
                           ("etc/numproof/keys/directory.key", "kept")):
            self.assertIn(text, (self.root / kept).read_text(encoding="utf-8"), kept)
        self.assertEqual(self.owner("/etc/numproof/clients.yaml"), "640 root numproof")
        self.assertEqual(self.inside("systemctl", "is-enabled", "numproofd.service").strip(), "enabled")

    def test_4_erased_it_leaves_keys_spool_and_configuration(self):
        said = self.rpm("--erase", "numproof")
        self.assertIn("numproof.yaml.rpmsave", said)
        for kept in ("etc/numproof/numproof.yaml.rpmsave", "etc/numproof/keys/directory.key",
                     "var/lib/numproof/spool/segment"):
            self.assertTrue((self.root / kept).exists(), kept)
        self.assertFalse((self.root / "usr/bin/numproofd").exists())
        self.assertFalse((self.root / "etc/systemd/system/multi-user.target.wants/numproofd.service").is_symlink())
        self.assertIn("numproof", self.inside("getent", "passwd", "numproof"), "who owns what is left")


if __name__ == "__main__":
    if os.geteuid() != 0 or len(sys.argv) != 4:
        sys.exit(__doc__)
    Rpm.deb, Rpm.package, Rpm.work = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
    unittest.main(argv=sys.argv[:1], verbosity=2)
