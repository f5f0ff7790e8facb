# SPDX-License-Identifier: Apache-2.0
"""A node whose configuration is changed while it runs, on a real Redis and a real Kafka broker."""

import json
import pathlib
import socket
import subprocess
import threading
import unittest

from callers import Caller
from harness import (BIN, FROM_FILE, Daemon, EndToEnd, Heart, RealKafka, Redis, call, event, folder, redirect_of,
                     unique, wait_for)
from operator_home import CLIENT, install, make_topics

PARTITIONS = 4
DEVICE, NUMBER = "127.0.40.1", "+34616000001"
OTHER_DEVICE, OTHER_NUMBER = "127.0.40.2", "+34616000002"
THREADS = 4


class ServiceManager(threading.Thread):
    """What a daemon tells whoever started it: sd_notify(3), which waits for a reader that is slow."""

    def __init__(self, path):
        super().__init__()
        self.path = str(path)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.told = []
        self.start()

    def run(self):
        while (message := self.socket.recv(65536)) != b"END":
            if message != b"WATCHDOG=1":
                self.told.append(message.decode())

    def wait_told(self, part):
        """The index of the first message with `part` in it."""
        found = lambda: [i for i, message in enumerate(self.told) if part in message]
        return wait_for(found, 30, f"{part} to be told")[0]

    def close(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
            own.sendto(b"END", self.path)
        self.join()
        self.socket.close()


class Reloading(EndToEnd):
    @classmethod
    def setUpClass(cls):
        cls.services = folder()
        cls.addClassCleanup(cls.services.cleanup)
        cls.kafka = RealKafka(cls.services.name)
        cls.addClassCleanup(cls.kafka.stop)

    def setUp(self):
        self.folder = folder()
        self.home = pathlib.Path(self.folder.name)
        self.redis = Redis(self.home)
        self.addCleanup(self.folder.cleanup)
        self.addCleanup(self.redis.kill)
        self.names = {kind: unique(kind) for kind in ("sessions", "dlq", "audit", "group")}
        self.file, self.secret = install(self.home, self.redis, self.kafka, self.names, 60)
        self.config = json.loads(self.file.read_text())
        # A machine that is busy with other tests is no reason for a lost request.
        self.config["directory"]["redis"]["deadline"] = "2s"
        self.config["http"]["workers"] = 2
        self.file.write_text(json.dumps(self.config, indent=1))
        self.clients = json.loads((self.home / "clients.yaml").read_text())
        make_topics(self.kafka, self.names)
        self.heart = Heart(self.kafka, self.names["sessions"], PARTITIONS)
        self.addCleanup(self.heart.stop)
        self.kafka.produce(self.names["sessions"], [("-", event("bind", session="r1", msisdn=NUMBER, ipv4=DEVICE,
                                                           access="3gpp"))], partition=0)
        self.manager = ServiceManager(self.home / "notify.sock")
        self.addCleanup(self.manager.close)
        self.np = Daemon(self.home, "np1", {"http.workers": FROM_FILE}, mode=("--config", self.file),
                         env={"NOTIFY_SOCKET": self.manager.path})
        self.addCleanup(self.np.kill)
        self.manager.wait_told("READY=1")

    def write(self):
        self.file.write_text(json.dumps(self.config, indent=1))
        (self.home / "clients.yaml").write_text(json.dumps(self.clients, indent=1))

    def reload(self):
        return subprocess.run([BIN / "numproofctl", "--json", "--socket", self.np.socket, "reload"],
                              capture_output=True, text=True, timeout=60)

    def reloaded(self):
        """Reloads what was written; gives what has changed."""
        self.write()
        done = self.reload()
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["changed"]

    def refused(self):
        """Reloads what was written, in vain; gives the reasons."""
        done = self.reload()
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        return done.stderr

    def metric(self, name):
        lines = call(self.np.admin, "GET", "/metrics").body.decode().splitlines()
        return next(float(line.split()[-1]) for line in lines if line.startswith(name + " "))

    def token(self, client=CLIENT, secret=None):
        code = redirect_of(self.np.authorize(DEVICE, client=client))["code"]
        return self.np.token(code, client, secret or self.secret)

    def callers(self):
        """Devices and providers at work: none of their requests may be lost. Ended by assert_nothing_lost()."""
        callers = [Caller(self.np.port, self.secret, DEVICE, NUMBER) for _ in range(THREADS)]
        self.addCleanup(lambda: [caller.stopped.set() for caller in callers])
        for caller in callers:
            caller.start()
        self.wait_served(callers)
        return callers

    @staticmethod
    def wait_served(callers):
        """Until each of them was served from its beginning to its end once more."""
        seen = [caller.done for caller in callers]
        wait_for(lambda: all(c.done > n + 1 or c.wrong for c, n in zip(callers, seen)), 30, "answers")

    def assert_nothing_lost(self, callers):
        for caller in callers:
            caller.stopped.set()
        for caller in callers:
            caller.join()
        self.assertEqual([wrong for caller in callers for wrong in caller.wrong], [])


class Stores(Reloading):
    def bind(self, session, number, address, **fields):
        self.kafka.produce(self.names["sessions"], [("-", event("bind", session=session, msisdn=number, ipv4=address,
                                                                access="3gpp", **fields))], partition=0)

    def says(self, number, device=DEVICE):
        """What a device that signs in now is told of `number`; None: nothing."""
        answer = redirect_of(self.np.authorize(device, client=CLIENT))
        if "code" not in answer:
            return None
        answer = self.np.token(answer["code"], CLIENT, self.secret)
        if answer.status != 200:
            return None
        answer = self.np.verify(answer.json()["access_token"], number)
        return answer.json()["devicePhoneNumberVerified"] if answer.status == 200 else None

    def second_redis(self):
        place = folder()
        self.addCleanup(place.cleanup)
        redis = Redis(pathlib.Path(place.name))
        self.addCleanup(redis.kill)
        return redis
