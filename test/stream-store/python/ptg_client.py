"""Does, one by one, what the existing Python client of the PTG data store does (stream-store§12).

It logs in by the cookie, manages streams, and pushes and pulls in all its ways: end offsets, joined names, `*`,
`last_entry_id=-`, `time_sync_id=0`, acks by empty messages. Usage: ptg_client.py <base url>
"""

import asyncio
import base64
import http.cookiejar
import json
import sys
import time
import urllib.parse
import urllib.request

import websockets

MAX_SIZE = 2**24


class Client:
    def __init__(self, url):
        self.url = url
        self.jar = http.cookiejar.CookieJar()
        self.http = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.token = None

    def login(self, username, password):
        """The token is read from the cookie, never from the body."""
        form = urllib.parse.urlencode({"username": username, "password": password}).encode()
        self.http.open(f"{self.url}/token", form).read()
        cookies = {cookie.name: cookie.value for cookie in self.jar}
        value = urllib.parse.unquote(cookies["authorization"]).strip('"')
        kind, _, self.token = value.partition(" ")
        assert kind == "Bearer", value
        parts = self.token.split(".")
        assert len(parts) == 3
        payload = json.loads(base64.b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        assert payload["sub"] == username
        assert payload["exp"] > time.time() + 10

    def request(self, method, path, body=None, **query):
        """REST sends the cookie only; a JSON body where there is one."""
        text = urllib.parse.urlencode(query)
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}{'?' + text if text else ''}", data, method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        return self.http.open(request)

    def json(self, method, path, body=None, **query):
        return json.load(self.request(method, path, body, **query))

    def socket(self, path, **query):
        """Sockets send the header; unknown query fields go along as the client sends them."""
        url = f"{self.url.replace('http', 'ws', 1)}{path}?{urllib.parse.urlencode(query)}"
        return websockets.connect(url, extra_headers={"Authorization": f"Bearer {self.token}"}, max_size=MAX_SIZE)


def split(offsets, blob):
    starts = [start for _, _, start in offsets] + [len(blob)]
    return [(stream, entry, blob[starts[i] : starts[i + 1]]) for i, (stream, entry, _) in enumerate(offsets)]


async def pair(socket):
    offsets = json.loads(await asyncio.wait_for(socket.recv(), 60))
    return split(offsets, await asyncio.wait_for(socket.recv(), 60))


def ends(entries):
    total, result = 0, []
    for entry in entries:
        total += len(entry)
        result.append(total)
    return result


async def push_batch(socket, header, entries):
    await socket.send(json.dumps(header))
    await socket.send(b"".join(entries))
    return (await asyncio.wait_for(socket.recv(), 60)).split(",")


def manage_streams(client):
    assert isinstance(client.json("GET", "/streams/"), list)
    metadata = client.json("PUT", "/streams/py-a", {"max_len": 5000, "kind": "test"})
    assert (json.loads(metadata) if isinstance(metadata, str) else metadata)["kind"] == "test"
    metadata = client.json("PUT", "/streams/py-a", {"max_len": 5000}, override=True)
    assert "kind" not in (json.loads(metadata) if isinstance(metadata, str) else metadata)
    assert client.json("GET", "/streams/nothing")["error"] == "no such key"
    assert isinstance(client.json("GET", "/streams/", info=True), list)


async def push_in_all_ways(client):
    async with client.socket("/data/py-a/push", batch=False, ack=True) as socket:
        for index in range(3):
            await socket.send(b"plain %d" % index)
            assert "-" in await socket.recv()

    entries = [b"one", b"two", b"", b"three"]
    async with client.socket("/data/py-a/push", batch=True, ack=True) as socket:
        # End offsets in the three forms.
        assert len(await push_batch(socket, [["py-a", end] for end in ends(entries)], entries)) == 4
        assert len(await push_batch(socket, ends([b"x", b"y"]), [b"x", b"y"])) == 2
        now = int(time.time() * 1000) + 5000
        ids = await push_batch(socket, [["py-a", f"{now}-7", 4], ["py-a", f"{now}-*", 8]], [b"own1", b"own2"])
        assert ids == [f"{now}-7", f"{now}-8"], ids
        # A batch of one.
        assert len(await push_batch(socket, [["py-a", f"{now + 1}", 4]], [b"last"])) == 1

    async with client.socket("/data/py-b+py-c/push", batch=True, ack=True) as socket:
        assert len(await push_batch(socket, ends([b"b1", b"c1"]), [b"b1", b"c1"])) == 2
        assert len(await push_batch(socket, [["py-c", 2], ["py-b", 4]], [b"c2", b"b2"])) == 2

    async with client.socket("/data/*/push", batch=True, ack=True) as socket:
        assert len(await push_batch(socket, [["py-b", 2], ["py-d", 4]], [b"b3", b"d1"])) == 2


async def pull_in_all_ways(client):
    async with client.socket("/data/py-a/pull", last_entry_id=0, count=100, batch=True, last=None) as socket:
        entries = await pair(socket)
        texts = [data for _, _, data in entries]
        assert texts == [b"plain 0", b"plain 1", b"plain 2", b"one", b"two", b"", b"three", b"x", b"y", b"own1", b"own2", b"last"], texts

    # One ID for each stream, joined by a plus sign.
    async with client.socket("/data/py-b+py-c/pull", last_entry_id="0+0", count=10, latest=False) as socket:
        assert [(stream, data) for stream, _, data in await pair(socket)] == [
            ("py-b", b"b1"),
            ("py-b", b"b2"),
            ("py-b", b"b3"),
            ("py-c", b"c1"),
            ("py-c", b"c2"),
        ]

    # The newest at once; an empty binary message acknowledges it.
    async with client.socket("/data/py-b/pull", last_entry_id="-", ack=True) as socket:
        assert [data for _, _, data in await pair(socket)] == [b"b3"]
        await socket.send(b"")
        async with client.socket("/data/py-b/push", ack=True) as pusher:
            await pusher.send(b"b4")
            await pusher.recv()
        assert [data for _, _, data in await pair(socket)] == [b"b4"]

    async with client.socket("/data/py-b+py-c/pull", last_entry_id=0, time_sync_id=0, latest=False) as socket:
        seen = []
        while b"b4" not in [data for _, _, data in seen]:
            seen += await pair(socket)
        ids = [(stream, entry) for stream, entry, _ in seen]
        assert len(ids) == len(set(ids)), ids

    async with client.socket("/data/py-d/pull", timeout=100) as socket:
        try:
            await asyncio.wait_for(socket.recv(), 60)
            raise AssertionError("a message came")
        except websockets.ConnectionClosed as closed:
            assert closed.code == 1000, closed.code

    big = bytes(range(256)) * 65536  # 16 MiB, both ways
    async with client.socket("/data/py-big/push", ack=True) as socket:
        await socket.send(big)
        await asyncio.wait_for(socket.recv(), 60)
    async with client.socket("/data/py-big/pull", last_entry_id=0) as socket:
        [(_, _, data)] = await pair(socket)
        assert data == big


def read_over_rest(client):
    response = client.request("GET", "/data/py-a", last_entry_id="*", count=2)
    body = response.read()
    entries = split(json.loads(response.headers["entry-offset"]), body)
    assert [data for _, _, data in entries] == [b"own2", b"last"], entries
    removed = client.json("DELETE", "/streams/py-a+py-b+py-c+py-d+py-big")
    assert len(removed) == 15 and removed[2] == 1, removed
    assert not [name for name in client.json("GET", "/streams/") if name.startswith("py-")]


async def main(url):
    client = Client(url)
    client.login("python", "python")
    manage_streams(client)
    await push_in_all_ways(client)
    await pull_in_all_ways(client)
    read_over_rest(client)
    print("all done")


asyncio.run(main(sys.argv[1]))
