# SPDX-License-Identifier: Apache-2.0
"""A thread that does not move any more, as if it hung, while the others of its process do."""

import ctypes
import os
import pathlib

WALL = 0x40000000  # waitpid(2): threads, too.
SEIZE, INTERRUPT, DETACH = 0x4206, 0x4207, 17  # ptrace(2)


def trace(request, thread):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), f"ptrace {request:#x}")


class FrozenThread:
    """Of process `pid` the first thread with this name. Belongs to the thread that made it."""

    def __init__(self, pid, name):
        self.thread = next(int(task.name) for task in pathlib.Path(f"/proc/{pid}/task").iterdir()
                           if (task / "comm").read_text().strip() == name)
        trace(SEIZE, self.thread)
        trace(INTERRUPT, self.thread)
        os.waitpid(self.thread, WALL)

    def thaw(self):
        trace(DETACH, self.thread)
