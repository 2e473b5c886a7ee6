# SPDX-License-Identifier: LGPL-2.1-or-later
"""A lab whose sides have a link each to a router between them, which may translate addresses.

    left  10.77.1.1, fd77:1::1 ---- 10.77.1.254  router  10.77.2.254 ---- 10.77.2.1, fd77:2::1  right

A side that is natted is seen by the others at the router's address on their own link."""

import os
import subprocess

from lab import Lab, Side, need_tools, run, wait_for


def need_nat():
    need_tools("nft", "conntrack")


class RoutedLab(Lab):
    def __init__(self, names=("left", "right")):
        super().__init__()
        self.sides = [Side(name, number) for number, name in enumerate(names, 1)]
        self.left, self.right = self.sides[:2]
        for number, side in enumerate(self.sides, 1):
            side.link = f"rvl{number}{os.getpid()}"
            side.outer = side.public = {4: f"10.77.{number}.1", 6: f"fd77:{number}::1"}
        self.router = Side("router", len(names) + 1)
        self.router.outer = {}

    def of(self, name):
        return next(side for side in self.sides if side.name == name)

    def at_router(self, side, family=4):
        """The router's address on a side's link."""
        return side.outer[family].rpartition("1")[0] + ("254" if family == 4 else "fe")

    def link_at_router(self, side):
        return f"{side.link}r"

    def _link(self):
        router = self.router.namespace
        run("ip", "netns", "add", router)
        self.shell(self.router, "cd /proc/sys/net; echo 1 > ipv4/ip_forward; echo 1 > ipv6/conf/all/forwarding; "
                   "for f in all default; do echo 0 > ipv4/conf/$f/rp_filter; done")
        run("ip", "-n", router, "link", "set", "lo", "up")
        for side in self.sides:
            link = self.link_at_router(side)
            run("ip", "-n", side.namespace, "link", "add", side.link, "type", "veth", "peer", "name", link,
                "netns", router)
            run("ip", "-n", router, "link", "set", link, "addrgenmode", "none")
            run("ip", "-n", router, "addr", "add", f"{self.at_router(side)}/24", "dev", link)
            run("ip", "-n", router, "addr", "add", f"{self.at_router(side, 6)}/64", "dev", link, "nodad")
            run("ip", "-n", router, "link", "set", link, "up")
            # What a link shows are packets, not what the kernel would cut later.
            run("ip", "-n", side.namespace, "link", "set", side.link, "gso_max_segs", "1")
            run("ip", "-n", router, "link", "set", link, "gso_max_segs", "1")
            for namespace, device, own in ((router, link, "fe80::fe"), (side.namespace, side.link, "fe80::1")):
                # A router asks for its neighbours by its link-local address (RFC 4861 7.2.2).
                run("ip", "-n", namespace, "addr", "add", f"{own}/64", "dev", device, "nodad")

    def _build(self):
        super()._build()
        for side in self.sides:
            run("ip", "-n", side.namespace, "route", "add", "default", "via", self.at_router(side))
            run("ip", "-n", side.namespace, "-6", "route", "add", "default", "via", self.at_router(side, 6))
        for side in self.sides:
            wait_for(lambda side=side: " UP " in run("ip", "-br", "-n", side.namespace, "link", "show", side.link) and
                     "linkdown" not in run("ip", "-n", side.namespace, "route"), f"the {side.name}'s link is up")

    def close(self):
        super().close()
        subprocess.run(["ip", "netns", "del", self.router.namespace], capture_output=True, check=False)

    # Address translation, by nftables in the router.

    def clear_nat(self):
        self.run(self.router, "nft", "flush", "ruleset")
        self.forget_mappings()
        for side in self.sides:
            side.public = side.outer

    def masquerade(self, *sides):
        """What these send gets the router's address and a port by chance, 500 and 4500 too."""
        rules = "".join(f"add rule ip nat post ip saddr {side.outer[4]} masquerade random; " for side in sides)
        self.run(self.router, "nft", "add table ip nat; add chain ip nat post "
                 f"{{ type nat hook postrouting priority srcnat; }}; {rules}")

    def forward_ports(self, inside, outside):
        """@outside reaches IKE of @inside at the router's address on its own link."""
        inside.public = {4: self.at_router(outside)}
        self.run(self.router, "nft", "add table ip nat; add chain ip nat pre "
                 "{ type nat hook prerouting priority dstnat; }; add rule ip nat pre "
                 f"ip saddr {outside.outer[4]} udp dport {{ 500, 4500 }} dnat to {inside.outer[4]}")

    def forget_mappings(self):
        """As if the router had begun anew: the next packet from inside gets another port."""
        self.run(self.router, "conntrack", "-F")
