# SPDX-License-Identifier: Apache-2.0
"""A packet core: phones that come, go, change hands and SIMs, and a heartbeat for each partition."""

import json
import random
import threading
import time
import zlib

from history import Published
from wire import Producer, Refused, record_batch

PARTITIONS = 4
TURN = 0.2
CHURN_EVERY = 0.1
REST = 4.0  # an address is left alone that long, more than conflict_skew


class Phone:
    """An address and who holds it now."""

    def __init__(self, ipv4, numbers):
        self.ipv4, self.numbers = ipv4, numbers
        self.session, self.msisdn, self.changed = None, None, 0.0

    @property
    def imsi(self):
        return imsi_of(self.msisdn)


def imsi_of(msisdn):
    return "21401" + msisdn[-10:]


class Network:
    """Publishes in order, at least once, and remembers what Kafka has acknowledged."""

    def __init__(self, history, address, topic, seed, steady=24, moving=48):
        self.history, self.address, self.topic = history, address, topic
        self.partitions = PARTITIONS
        self.dice = random.Random(seed)
        self.lock = threading.Condition()
        self.queue = []
        self.unsent = 0
        self.sessions = 0
        self.churning = threading.Event()
        self.stopped = False
        self.twice = False  # whether each record is sent two times, as a producer does that heard no answer
        self.steady = [Phone(f"127.0.40.{i}", [f"+3461100{i:04}"]) for i in range(1, steady + 1)]
        self.moving = [Phone(f"127.0.41.{i}", [f"+3461200{i:04}", f"+3461300{i:04}"]) for i in range(1, moving + 1)]
        self.phones = self.steady + self.moving
        self.threads = [threading.Thread(target=self.send), threading.Thread(target=self.churn)]

    def start(self):
        for phone in self.phones:
            self.attach(phone)
        for thread in self.threads:
            thread.start()

    def stop(self):
        with self.lock:
            self.stopped = True
            self.lock.notify_all()
        for thread in self.threads:
            thread.join()

    def settle(self, seconds=60):
        """Until Kafka has all that was published."""
        with self.lock:
            if not self.lock.wait_for(lambda: self.unsent == 0, seconds):
                raise AssertionError("Kafka does not take the session events")

    # What phones do ------------------------------------------------------------------------

    def say(self, key, op, about, **fields):
        """Enqueues an event that happens now; its heartbeat cannot overtake it."""
        with self.lock:
            now = time.time()
            event = self.history.add(Published(op=op, time=now, **about))
            value = json.dumps({"op": op, "time": int(now * 1000), "source": "smf-1", **fields})
            self.queue.append((zlib.crc32(key.encode()) % self.partitions, key, value, event))
            self.unsent += 1
            self.lock.notify_all()

    def attach(self, phone):
        self.sessions += 1
        phone.session, phone.msisdn = f"s{self.sessions}", self.dice.choice(phone.numbers)
        phone.changed = time.time()
        self.say(phone.session, "bind", {"session": phone.session, "msisdn": phone.msisdn, "ipv4": phone.ipv4},
                 session=phone.session, msisdn=phone.msisdn, imsi=phone.imsi, ipv4=phone.ipv4, access="3gpp")

    def detach(self, phone):
        self.say(phone.session, "release", {"session": phone.session}, session=phone.session)
        phone.session, phone.msisdn = None, None
        phone.changed = time.time()

    def swap_sim(self, phone):
        self.say(phone.imsi, "subscriber", {"msisdn": phone.msisdn}, imsi=phone.imsi, msisdn=phone.msisdn,
                 state="active", sim_changed=True)
        phone.changed = time.time()

    def churn(self):
        while not self.stopped:
            time.sleep(CHURN_EVERY)
            rested = [p for p in self.moving if time.time() - p.changed > REST]
            if not self.churning.is_set() or not rested:
                continue
            self.change(self.dice.choice(rested))

    def change(self, phone):
        if phone.session is None:
            self.attach(phone)
            return
        step = self.dice.choice(["leave", "hand over", "swap", "swap"])
        if step == "swap":
            # The old session goes on with the old SIM's proof, which is none any more.
            self.swap_sim(phone)
            return
        self.detach(phone)
        if step == "hand over":
            self.attach(phone)

    # To Kafka ------------------------------------------------------------------------------

    def send(self):
        producer = Producer(self.address)
        while True:
            with self.lock:
                # In turns, so that nearly every batch that a daemon reads has something to lose.
                self.lock.wait_for(lambda: self.stopped, TURN)
                if self.stopped and not self.queue:
                    break
                taken, self.queue = self.queue, []
                now_ms = int(time.time() * 1000)
            for _ in range(2 if self.twice else 1):
                self.deliver(producer, self.batches(taken, now_ms))
            self.acknowledge(taken)
        producer.close()

    def batches(self, taken, now_ms):
        heartbeat = ("smf-1", json.dumps({"op": "heartbeat", "time": now_ms, "source": "smf-1"}))
        pairs = {partition: [] for partition in range(self.partitions)}
        for partition, key, value, _ in taken:
            pairs[partition].append((key, value))
        return {partition: record_batch([*mine, heartbeat], now_ms) for partition, mine in pairs.items()}

    def deliver(self, producer, batches):
        """Again and again until Kafka has acknowledged all of it, as a gateway would."""
        while batches:
            try:
                producer.produce(self.topic, batches)
            except (OSError, Refused):
                if self.stopped:
                    raise
                time.sleep(0.1)

    def acknowledge(self, taken):
        with self.lock:
            for *_, event in taken:
                event.acked = time.time()
            self.unsent -= len(taken)
            self.lock.notify_all()
