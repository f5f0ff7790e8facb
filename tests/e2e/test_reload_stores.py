# SPDX-License-Identifier: Apache-2.0
"""`numproofctl reload` with other rules for the directory, another Redis, other brokers: no request is lost."""

import pathlib
import unittest

from harness import Redis, event, folder, redirect_of, wait_for
from operator_home import CLIENT
from reloading import DEVICE, NUMBER, OTHER_DEVICE, OTHER_NUMBER, Stores


class Rules(Stores):
    def test_rules_of_the_directory_change_under_load(self):
        callers = self.callers()
        directory = self.config["directory"]
        for turn in range(5):
            directory["max_staleness"] = f"{50 + turn}s"
            directory["conflict_skew"] = f"{2 + turn % 2}s"
            directory["missed_interims"] = 2 + turn
            directory["numbering"] = {"ranges": ["+34616"] + ["+34617"] * (turn % 2)}
            directory["domains"] = directory["domains"][:1] + [{"name": "iot", "devices": [f"10.{turn}.0.0/16"]}]
            directory["default_domain"] = "internet"
            changed = self.reloaded()
            self.assertIn("directory.max_staleness", changed)
            self.assertIn("directory.domains", changed)
            self.assertEqual(self.metric("numproof_directory_max_staleness_seconds"), 50 + turn)
            self.wait_served(callers)
        self.assert_nothing_lost(callers)
        # Feeds are read on, by the rules of now.
        self.bind("r2", OTHER_NUMBER, OTHER_DEVICE)
        wait_for(lambda: self.says(OTHER_NUMBER, OTHER_DEVICE), 30, "the next session")

    def test_another_domain_has_other_records(self):
        directory = self.config["directory"]
        self.bind("r3", OTHER_NUMBER, DEVICE, domain="iot")
        both = [[{"name": here, "devices": ["127.0.0.0/8"]}, {"name": there, "devices": ["10.0.0.0/8"]}]
                for here, there in (("iot", "internet"), ("internet", "iot"))]
        directory["default_domain"] = "internet"
        directory["domains"] = both[0]
        self.reloaded()
        wait_for(lambda: self.says(OTHER_NUMBER), 30, "the record of the other domain")
        self.assertIs(self.says(NUMBER), False)
        directory["domains"] = both[1]
        self.reloaded()
        self.assertEqual((self.says(NUMBER), self.says(OTHER_NUMBER)), (True, False))


class AnotherRedis(Stores):
    def test_a_changed_password_is_taken_under_load(self):
        callers = self.callers()
        file = self.home / "redis.password"
        file.touch(0o600)
        for turn in range(3):
            self.redis.cli(*(["-a", f"secret-{turn - 1}"] if turn else []), "config", "set", "requirepass",
                           f"secret-{turn}")
            file.write_text(f"secret-{turn}\n")
            self.config["directory"]["redis"]["password_file"] = str(file)
            self.assertEqual(self.reloaded(), ["directory.redis.password_file"])
            self.wait_served(callers)
        self.assert_nothing_lost(callers)
        self.redis.cli("-a", "secret-2", "client", "kill", "type", "normal")
        # Nobody may have noticed yet: only an answer tells.
        wait_for(lambda: self.says(NUMBER) is not None, 30, "new connections with the new password")
        self.assertIs(self.says(NUMBER), True)

    def test_a_wrong_password_or_a_redis_that_is_away_changes_nothing(self):
        callers = self.callers()
        self.redis.cli("config", "set", "requirepass", "right")
        file = self.home / "redis.password"
        file.touch(0o600)
        file.write_text("wrong\n")
        redis = self.config["directory"]["redis"]
        redis["password_file"] = str(file)
        self.write()
        self.assertRegex(self.refused(), "directory: ")
        self.wait_served(callers)
        gone = self.second_redis()
        gone.kill()
        file.write_text("right\n")
        redis["addresses"] = [f"127.0.0.1:{gone.port}"]
        self.write()
        self.assertIn("directory: ", self.refused())
        self.wait_served(callers)
        self.assert_nothing_lost(callers)
        self.assertTrue(self.np.is_ready())
        self.assertEqual(len(self.np.status()["reload_refused"]), 1)

    def test_an_empty_redis_is_filled_before_it_answers(self):
        second = self.second_redis()
        self.assertIs(self.says(NUMBER), True)
        self.config["directory"]["redis"]["addresses"] = [f"127.0.0.1:{second.port}"]
        self.assertEqual(self.reloaded(), ["directory.redis.addresses"])
        wait_for(self.np.is_ready, 60, "the directory to be built")
        self.redis.kill()
        self.assertIs(self.says(NUMBER), True)
        self.assertIs(self.says(OTHER_NUMBER), False)
        self.bind("r2", OTHER_NUMBER, OTHER_DEVICE)
        wait_for(lambda: self.says(OTHER_NUMBER, OTHER_DEVICE), 30, "the next session")


class OtherBrokers(Stores):
    def test_feeds_and_audit_go_on_with_other_brokers_and_settings(self):
        callers = self.callers()
        brokers = self.kafka.address.split(",")
        self.config["kafka"]["brokers"] = [brokers[0].replace("127.0.0.1", "localhost"), *brokers]
        self.config["ingest"]["poison_burst"] = {"records": 77}
        self.assertIn("kafka.brokers", self.reloaded())
        self.wait_served(callers)
        self.assert_nothing_lost(callers)
        self.bind("r2", OTHER_NUMBER, OTHER_DEVICE)
        wait_for(lambda: self.says(OTHER_NUMBER, OTHER_DEVICE), 30, "the next session")
        wait_for(lambda: self.np.status()["audit"]["undelivered_events"] == 0, 30, "the audit events to be delivered")
        self.assertEqual(self.metric('numproof_config_reloads_total{result="taken"}'), 1)

    def test_what_librdkafka_does_not_take_changes_nothing(self):
        callers = self.callers()
        self.config["kafka"]["properties"] = {"socket.timeout.ms": "soon"}
        self.write()
        self.assertIn("socket.timeout.ms", self.refused())
        self.wait_served(callers)
        self.assert_nothing_lost(callers)
        self.assertTrue(self.np.is_ready())


if __name__ == "__main__":
    unittest.main()
