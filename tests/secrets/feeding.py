# SPDX-License-Identifier: Apache-2.0
"""What a packet core sends: marked numbers in good records, and wherever a broken producer can put them."""

import collections
import json

from harness import event

Phone = collections.namedtuple("Phone", "number imsi address")


class Feeding:
    def __init__(self, world):
        self.world, self.phones = world, 0

    def send(self, op, **fields):
        self.world.core.send(event(op, **fields))

    def phone(self, name, **more):
        """Someone with a number, an IMSI and an address; sessions are named after the IMSI, as gateways do."""
        self.phones += 1
        phone = Phone(self.world.number(name), self.world.imsi(name), f"127.0.40.{self.phones}")
        fields = {"session": f"{phone.imsi}-{self.phones}", "msisdn": phone.number, "imsi": phone.imsi,
                  "ipv4": phone.address, "access": "3gpp", **more}
        self.world.core.send(event("bind", **fields), key=fields["session"])
        return phone

    def good_records(self):
        """Every operation, and numbers in every field that takes text."""
        world = self.world
        moved = self.phone("a session that moves")
        session = f"{moved.imsi}-{self.phones}"
        self.send("rebind", session=session, msisdn=moved.number, imsi=moved.imsi, ipv4="127.0.41.1", access="3gpp",
                  removed=[moved.address])
        self.send("refresh", session=session)
        self.send("release", session=session, ipv4="127.0.41.1")
        swapped = self.phone("a SIM that is swapped")
        for state in ("active", "suspended", "ported_out", "deleted"):
            self.send("subscriber", imsi=swapped.imsi, msisdn=world.number(f"a number that is {state}"), state=state,
                      sim_changed=True)
        imsi = world.imsi("a session without a number")
        self.send("subscriber", imsi=imsi, msisdn=world.number("a number by its IMSI"), state="active")
        self.send("bind", session=imsi, imsi=imsi, ipv4="127.0.41.2", access="3gpp")
        self.send("bind", session="no-plus", msisdn=world.number("a number without plus")[1:], ipv4="127.0.41.5",
                  access="3gpp")
        self.phone("a phone over Wi-Fi", access="non_3gpp")
        self.phone("a shared address", ports=[20000, 29999])
        self.send("bind", session="v6", msisdn=world.number("a prefix"), ipv6_prefix="2001:db8:1::/64", access="3gpp")
        for number in ("one holder", "another holder"):
            self.send("bind", session=number, msisdn=world.number(number), ipv4="127.0.41.3", access="3gpp")
        gateway = world.number("the name of a gateway")
        self.send("bind", source=gateway, session="1", msisdn=world.number("a gateway that restarts"),
                  ipv4="127.0.41.4", access="3gpp")
        self.send("reset", source=gateway)
        self.send("refresh", session=world.number("a session never seen"), note=world.number("an unknown field"))

    def poison(self):
        """Records that cannot be used; how many."""
        world, phone = self.world, {"session": "p", "access": "3gpp", "ipv4": "127.0.42.1"}
        imsi = world.imsi("the key of poison")
        world.core.send("not JSON " + world.number("poison that is no JSON"), key=f"{imsi}-5")
        world.core.send(event("bind", **phone, msisdn=world.number("poison cut short"))[:-1],
                        key=world.number("a number as key of poison"))
        twice = world.number("poison with a key twice")
        world.core.send(f'{{"op":"bind","msisdn":"{twice}","msisdn":"{twice}"}}')
        world.core.send(json.dumps({world.number("poison with a name"): 1, "op": "bind"}))
        world.core.send(event(world.number("poison with an operation"), **phone))
        bad = {"msisdn": "x" + world.number("a bad number"), "imsi": "x" + world.imsi("a bad IMSI"),
               "domain": world.number("a bad domain"), "session": 300 * "s" + world.number("a bad session"),
               "ipv4": world.number("a bad address"), "ipv6_prefix": world.number("a bad prefix"),
               "access": world.number("bad access"), "ports": world.number("bad ports"),
               "removed": world.number("bad removals"), "time": world.number("a bad time"),
               "interim_interval": world.number("a bad interval")}
        for name, value in bad.items():
            op = "rebind" if name == "removed" else "bind"
            world.core.send(event(op, **{**phone, name: value}))
        world.core.send(event("bind", **phone, msisdn=int(world.number("a number without quotes"))))
        world.core.send(event("subscriber", imsi=world.imsi("a bad state"), msisdn=world.number("a bad state"),
                              state=world.number("the name of a state")))
        return 5 + len(bad) + 2
