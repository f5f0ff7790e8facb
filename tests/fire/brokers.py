# SPDX-License-Identifier: Apache-2.0
"""Three Kafka brokers, each of which can die or stand still alone."""

import pathlib
import sys

from harness import ROOT, Kafka, wait_for

sys.path.insert(0, str(ROOT / "tests/services"))
from kafka_cluster import KafkaCluster  # noqa: E402

IN_STEP_WITHIN = 90


class ThreeBrokers(Kafka):
    """Topics have a replica on each broker; what two of them have is acknowledged."""

    def __init__(self, folder):
        self.cluster = KafkaCluster(pathlib.Path(folder), 3)
        super().__init__(self.cluster.address)

    def leader(self, topic):
        return wait_for(lambda: self.cluster.leader_of(topic), IN_STEP_WITHIN, f"a leader of {topic}")

    def wait_for_another(self, number, topics):
        """Until a broker leads no partition of these topics any more."""
        wait_for(lambda: not self.leads(number, topics), IN_STEP_WITHIN, f"others to take over from broker {number}")

    def leads(self, number, topics):
        known = self.cluster.topics()
        ours = [one for topic in topics if topic in known for one in known[topic]["partitions"]]
        return not ours or any(one["leader"] in (number, -1) for one in ours)

    def kill(self, *numbers):
        for number in numbers:
            self.cluster.brokers[number].kill()

    def revive(self, *numbers):
        for number in numbers:
            self.cluster.revive(number)

    def pause(self, number):
        self.cluster.brokers[number].pause()

    def resume(self, number):
        self.cluster.brokers[number].resume()

    def wait_until_whole(self):
        """Each partition of each topic has all its replicas in step again."""
        wait_for(self.is_whole, IN_STEP_WITHIN, "the replicas to be in step")

    def is_whole(self):
        partitions = [one for topic in self.cluster.topics().values() for one in topic["partitions"]]
        return bool(partitions) and all(len(one["isrs"]) == 3 for one in partitions)

    def grow(self, topic, partitions):
        self.cluster.admin(f"grow:{topic}:{partitions}")

    def stop(self):
        self.cluster.stop()
