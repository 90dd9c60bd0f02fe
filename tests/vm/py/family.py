# SPDX-License-Identifier: GPL-2.0
"""The sysmon family through the kernel tree's own YNL library, and raw multicast."""
import os
import socket
import struct
import sys

YNL = "/usr/share/ynl"
SPEC = YNL + "/Documentation/netlink/specs/sysmon.yaml"
sys.path.append(YNL + "/tools/net/ynl")
from lib import YnlFamily, NlError  # noqa: E402

NETLINK_GENERIC = 16
SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP = 1


def open_family():
    return YnlFamily(SPEC, YNL + "/Documentation/netlink/genetlink-legacy.yaml")


def reopen(ynl):
    """Look the family's ids up again: they change with each load of the module."""
    import lib.ynl
    lib.ynl.genl_family_name_to_id = None
    ynl.nlproto = lib.ynl.GenlProtocol("sysmon")
    return ynl


def containers(ynl, **request):
    """One dump as {cgroup id: container}, with the parts' ticks and total."""
    parts = ynl.dump("container-get", request)
    found = {c["cgroup-id"]: c for p in parts for c in p.get("container", [])}
    return found, parts


def events(ynl, seq=None):
    """The backlog from seq on: a list of event and gap messages."""
    return ynl.dump("event-get", {} if seq is None else {"seq": seq})


def group_id(ynl, group):
    return ynl.nlproto.get_mcast_id(group, ynl.mcast_groups)


def listen(ynl, group, bufsize=4 << 20):
    """A raw socket in one of the multicast groups."""
    s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
    if bufsize:
        s.setsockopt(socket.SOL_SOCKET, 33, bufsize)  # SO_RCVBUFFORCE
    s.bind((0, 0))
    s.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group_id(ynl, group))
    return s


def receive(ynl, sock, timeout=10):
    """The next notification: (bytes on the wire, decoded)."""
    from lib.ynl import NlMsgs
    sock.settimeout(timeout)
    raw = sock.recv(1 << 20)
    msg = next(iter(NlMsgs(raw)))
    decoded = ynl.nlproto.decode(ynl, msg, None)
    op = ynl.rsp_by_value[decoded.cmd()]
    return len(raw), ynl._decode(decoded.raw_attrs, op.attr_set.name)
