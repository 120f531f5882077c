"""A client of BTrDB's `Info` on grpcio alone: the messages are read by hand, as connection-profiles§5, lays them
out. Cases come as JSON in the first parameter, the answers leave as JSON on standard output."""

import json
import os
import struct
import sys
import threading
import time

import grpc


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(data):
    """Number, wire type and value of each field of a message."""
    at, found = 0, []
    while at < len(data):
        tag, at = varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 1:
            value, at = struct.unpack("<d", data[at : at + 8])[0], at + 8
        elif kind == 2:
            size, at = varint(data, at)
            value, at = data[at : at + size], at + size
            assert len(value) == size, "cut off"
        else:
            raise ValueError("wire type %d" % kind)
        found.append((tag >> 3, kind, value))
    return found


def read_info(data):
    reply = fields(data)
    kinds = {1: 2, 2: 2, 3: 0, 4: 0, 5: 2, 6: 2}
    for number, kind, _ in reply:
        assert kinds[number] == kind, "field %d has wire type %d" % (number, kind)
    numbers = [number for number, _, _ in reply]
    # The Go client takes any `stat` for an error, and wants `proxy`.
    assert 1 not in numbers, "stat is there"
    assert 6 in numbers, "proxy is not there"
    one = {number: value for number, _, value in reply}
    endpoints = fields(one[6])
    assert all((number, kind) == (1, 2) for number, kind, _ in endpoints)
    return {
        "majorVersion": one.get(3, 0),
        "minorVersion": one.get(4, 0),
        "build": one[5].decode(),
        "proxy": {"proxyEndpoints": [value.decode() for _, _, value in endpoints]},
    }


def channel_to(address, tls, ca=None):
    # Channels of one process share their connections unless told not to.
    options = [("grpc.use_local_subchannel_pool", 1), ("grpc.max_receive_message_length", -1)]
    if not tls:
        return grpc.insecure_channel(address, options)
    trusted = open(ca, "rb").read() if ca else None
    return grpc.secure_channel(address, grpc.ssl_channel_credentials(trusted), options)


def call(channel, method="Info", metadata=(), request=b""):
    started = time.monotonic()
    try:
        answer = channel.unary_unary("/v5api.BTrDB/" + method)(request, metadata=tuple(metadata), timeout=60)
        return {"info": read_info(answer)}
    except grpc.RpcError as error:
        return {"code": error.code().name, "details": error.details(), "seconds": time.monotonic() - started}


def run_calls(address, tls=False, ca=None, calls=()):
    """Several calls one after the other on one connection."""
    with channel_to(address, tls, ca) as channel:
        return [call(channel, **{**one, "metadata": [tuple(pair) for pair in one.get("metadata", ())]}) for one in calls]


# No connection fails with this. grpcio says it now and then when many channels open in one busy process.
NOT_OF_A_NETWORK = "No such file or directory"


def run_many(address, tls=False, ca=None, clients=50):
    """Many clients at once with a connection each: `Info` twice to connect, once more for the user."""
    answers = []

    def client():
        for _ in range(2):
            with channel_to(address, tls, ca) as channel:
                own = [call(channel) for _ in range(3)]
            if not any(NOT_OF_A_NETWORK in answer.get("details", "") for answer in own):
                break
        answers.extend(own)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def read_profiles(path):
    """The nested form of connection-profiles§2.1; enough of YAML for that."""
    profiles, profile = {}, None
    for line in open(path):
        name, _, value = line.strip().partition(":")
        depth = len(line) - len(line.lstrip())
        if depth == 0:
            profile = profiles.setdefault(name, {})
        elif depth == 4:
            profile[name] = json.loads(value)
    return profiles


def resolve(conn_str=None, apikey=None, profile=None):
    """connection-profiles§3.1."""
    path = os.path.expanduser("~/.predictivegrid/credentials.yaml")
    if profile:
        found = read_profiles(path)[profile]
        return found["endpoints"], found.get("api_key")
    found = {}
    if os.path.exists(path):
        found.update(read_profiles(path).get(os.environ.get("BTRDB_PROFILE", "default"), {}))
    for name, variable in (("endpoints", "BTRDB_ENDPOINTS"), ("api_key", "BTRDB_API_KEY")):
        if variable in os.environ:
            found[name] = os.environ[variable]
    if conn_str is not None:
        found["endpoints"] = conn_str
    if apikey is not None:
        found["api_key"] = apikey
    return found["endpoints"], found.get("api_key")


def run_connect(secure_port="4411", **arguments):
    """As `btrdb.connect(…).info()` does it; `secure_port` stands for 4411, since tests take free ports."""
    address, key = resolve(**arguments)
    _, port = address.split(":")
    tls = port == secure_port
    metadata = [("authorization", "Bearer " + key)] if key is not None else []
    if key is not None and not tls:
        metadata.append(("x-api-client", "btrdbpy-5.34.2"))
    with channel_to(address, tls, os.environ.get("BTRDB_CA_BUNDLE")) as channel:
        return [call(channel, metadata=metadata) for _ in range(3)][-1]


RUNS = {"calls": run_calls, "many": run_many, "connect": run_connect}

if __name__ == "__main__":
    print(json.dumps([RUNS[case.pop("run")](**case) for case in json.loads(sys.argv[1])]))
