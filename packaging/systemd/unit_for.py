#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Leaves out of a unit what an older systemd does not know, so that it warns about nothing.

    unit_for.py VERSION <numproofd.service      239 is RHEL 8's, 247 Debian 11's, 252 Debian 12's
"""
import sys

# The first version of systemd that knows each directive of the unit (systemd's NEWS); none: older than 232.
SINCE = {
    "ExecPaths": 248, "NoExecPaths": 248, "PrivateIPC": 248,
    "ProcSubset": 247, "ProtectProc": 247,
    "ProtectClock": 245, "ProtectKernelLogs": 244, "ExecCondition": 243,
    "ProtectHostname": 242, "RestrictSUIDSGID": 242,
    "PrivateMounts": 239, "IPAddressAllow": 235, "IPAddressDeny": 235, "KeyringMode": 235,
    "ConfigurationDirectory": 235, "ConfigurationDirectoryMode": 235, "StateDirectory": 235,
    "LockPersonality": 235,
}


def unit_for(version, text):
    """The unit without newer directives, and without the comments that stood above them."""
    kept, comments = [], []
    for line in text.splitlines():
        if line.startswith("#") and kept:
            comments.append(line)
            continue
        if SINCE.get(line.split("=")[0], 0) <= version:
            kept += comments + [line]
        comments = []
    return "\n".join(kept) + "\n"


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        sys.exit(__doc__)
    sys.stdout.write(unit_for(int(sys.argv[1]), sys.stdin.read()))
