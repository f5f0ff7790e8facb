#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Inside a virtual machine: runs the commands that come through its virtio port, one JSON object a line."""
import json
import subprocess

PORT = "/dev/virtio-ports/shell"


def answer(order):
    done = subprocess.run(order["words"], input=order["text"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", check=False)
    return {"status": done.returncode, "said": done.stdout}


if __name__ == "__main__":
    with open(PORT, "r+b", buffering=0) as port:
        port.write(b'{"ready": true}\n')
        for line in iter(port.readline, b""):
            try:
                told = answer(json.loads(line))
            except OSError as error:
                told = {"status": 127, "said": str(error)}
            left = json.dumps(told).encode() + b"\n"
            while left:  # The port takes a part of what is long.
                left = left[port.write(left):]
