# SPDX-License-Identifier: Apache-2.0
"""Real Kafka brokers on loopback for tests: a controller and one to three brokers, each a process of its own
that can be killed, frozen and started again on its ports and its data."""

import base64
import json
import pathlib
import random
import signal
import socket
import struct
import subprocess
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
PATIENCE = 90


def jars(version):
    done = subprocess.run([HERE / "services", "prepare", *(["--kafka", version] if version else [])], capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return done.stdout.strip()


def lasting_port():
    """A free port where no client is put by chance, so that who is killed finds it free again."""
    ephemeral = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", random.randrange(10000, ephemeral) if ephemeral > 12000 else 0))
                return probe.getsockname()[1]
            except OSError:
                continue


def wait_until(condition, what, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.05)


def answers(port):
    """ApiVersions, version 0: what every client asks first."""
    body = struct.pack(">hhih", 18, 0, 1, -1)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(struct.pack(">i", len(body)) + body)
            return len(connection.recv(16)) >= 8
    except OSError:
        return False


class Server:
    """One process of Kafka: a broker or the controller."""

    def __init__(self, cluster, number, properties, port, heap, users=()):
        self.number, self.port, self.heap = number, port, heap
        self.jars, self.folder = cluster.jars, cluster.folder
        self.file = self.folder / f"server-{number}.properties"
        self.data = self.folder / f"data-{number}"
        self.log = self.folder / f"server-{number}.log"
        self.process = None
        self.file.write_text("\n".join([*properties, f"node.id={number}", f"log.dirs={self.data}", ""]))
        words = ["kafka.tools.StorageTool", "format", "-t", cluster.id, "-c", self.file]
        for user in users:
            words += ["--add-scram", user]
        done = subprocess.run(self.java(*words), capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise RuntimeError(done.stderr + done.stdout)

    def java(self, *words):
        return ["java", f"-Xmx{self.heap}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{self.jars}/*",
                *map(str, words)]

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.java("kafka.Kafka", self.file), stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, cwd=self.folder)

    def is_up(self):
        if self.process.poll() is not None:
            raise AssertionError(f"Kafka server {self.number} ended: {self.log.read_text()[-2000:]}")
        return answers(self.port)

    def kill(self):
        """Like a power cut: what it had acknowledged is on its disk."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(30)

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)


class KafkaCluster:
    """`brokers` brokers and a controller; new topics get `brokers` replicas, two of which must be in sync.

    `listeners`: further ones of the first broker, name -> security protocol; `settings`: lines of its file;
    `users`: SCRAM users as kafka-storage.sh takes them; `version`: of Kafka, if not the newest that we test with.
    Ports of listeners: `ports[name]`."""

    def __init__(self, folder, brokers=3, listeners=None, settings=(), users=(), heap="256m",
                 version=None):
        self.folder = pathlib.Path(folder) / f"kafka-{version or ''}"
        self.folder.mkdir(parents=True)
        self.jars = jars(version)
        self.id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "A")
        self.replicas = brokers
        self.ports = {}
        self.controller_port = lasting_port()
        self.controller = Server(self, 100, self.controller_lines(), self.controller_port, heap, users)
        self.brokers = {}
        for number in range(1, brokers + 1):
            port = lasting_port()
            more = listeners if number == 1 else None
            lines = self.broker_lines(port, more or {}) + (list(settings) if number == 1 else [])
            self.brokers[number] = Server(self, number, lines, port, heap, users)
        self.address = ",".join(f"127.0.0.1:{b.port}" for b in self.brokers.values())
        try:
            self.start()
        except BaseException:
            self.stop()
            raise

    def common_lines(self):
        in_sync = min(2, self.replicas)
        return [f"controller.quorum.voters=100@localhost:{self.controller_port}",
                "controller.listener.names=CONTROLLER",
                f"default.replication.factor={self.replicas}", f"min.insync.replicas={in_sync}",
                f"offsets.topic.replication.factor={self.replicas}", "offsets.topic.num.partitions=4",
                f"transaction.state.log.replication.factor={self.replicas}",
                f"transaction.state.log.min.isr={in_sync}",
                "group.initial.rebalance.delay.ms=0", "auto.create.topics.enable=false",
                "unclean.leader.election.enable=false"]

    def controller_lines(self):
        return [*self.common_lines(), "process.roles=controller",
                f"listeners=CONTROLLER://127.0.0.1:{self.controller_port}"]

    def broker_lines(self, port, listeners):
        protocols = {"PLAINTEXT": "PLAINTEXT", "CONTROLLER": "PLAINTEXT", **listeners}
        places = [f"PLAINTEXT://127.0.0.1:{port}"]
        for name in listeners:
            self.ports[name] = lasting_port()
            places.append(f"{name}://127.0.0.1:{self.ports[name]}")
        mapping = ",".join(f"{name}:{protocol}" for name, protocol in protocols.items())
        return [*self.common_lines(), "process.roles=broker", f"listeners={','.join(places)}",
                f"advertised.listeners={','.join(places)}", f"listener.security.protocol.map={mapping}",
                "inter.broker.listener.name=PLAINTEXT"]

    def start(self):
        self.controller.start()
        for broker in self.brokers.values():
            broker.start()
        wait_until(lambda: all(b.is_up() for b in self.brokers.values()), "the brokers")

    def revive(self, number):
        """Starts a broker that was killed, on its ports and its data."""
        self.brokers[number].start()
        wait_until(self.brokers[number].is_up, f"broker {number}")

    def stop(self):
        """Ends every process; their folders are the caller's."""
        for server in [*self.brokers.values(), self.controller]:
            server.kill()

    def admin(self, *orders):
        """Carries out orders of KafkaAdmin.java."""
        done = subprocess.run(["java", "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", f"{self.jars}/*",
                               HERE / "KafkaAdmin.java", self.address, *orders],
                              capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise RuntimeError(done.stdout + done.stderr)

    def topics(self):
        """What kcat -L tells of all topics, by name; none when no broker answers in time."""
        done = subprocess.run(["kcat", "-L", "-J", "-b", self.address, "-m", "5"], capture_output=True, timeout=30)
        if done.returncode != 0:
            return {}
        return {topic["topic"]: topic for topic in json.loads(done.stdout)["topics"]}

    def leader_of(self, topic, partition=0):
        """The number of the broker that leads a partition; none when nobody does."""
        for one in self.topics().get(topic, {}).get("partitions", []):
            if one["partition"] == partition and one["leader"] in self.brokers:
                return one["leader"]
        return None

    def in_sync(self, topic, partition=0):
        for one in self.topics().get(topic, {}).get("partitions", []):
            if one["partition"] == partition:
                return {replica["id"] for replica in one["isrs"]}
        return set()
