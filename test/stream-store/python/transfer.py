"""Pushes a file by the plain loops of the protocol (stream-store§6 §7 §12) and pulls it back byte for byte.

Usage: transfer.py <base url> <token> <file>
"""

import asyncio
import json
import sys
import urllib.request

import websockets

CHUNK = 4096
BATCH = 50
MAX_SIZE = 2**24


def request(method, url, token, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return json.load(urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method)))


def connect(url, token):
    return websockets.connect(url.replace("http", "ws", 1), extra_headers={"Authorization": f"Bearer {token}"}, max_size=MAX_SIZE)


async def push_plain(base, token, chunks):
    async with connect(f"{base}/data/file-plain/push", token) as socket:
        for chunk in chunks:
            await socket.send(chunk)
    return {"file-plain": chunks}


async def push_acked(base, token, chunks):
    async with connect(f"{base}/data/file-acked/push?ack=true", token) as socket:
        for chunk in chunks:
            await socket.send(chunk)
            await socket.recv()
    return {"file-acked": chunks}


async def push_batched(base, token, chunks, by_end):
    name = "file-ends" if by_end else "file-starts"
    async with connect(f"{base}/data/{name}/push?batch=true&ack=true", token) as socket:
        for first in range(0, len(chunks), BATCH):
            batch = chunks[first : first + BATCH]
            offsets, offset = [], 0
            for chunk in batch:
                offsets.append([name, offset + len(chunk) if by_end else offset])
                offset += len(chunk)
            await socket.send(json.dumps(offsets))
            await socket.send(b"".join(batch))
            assert len((await socket.recv()).split(",")) == len(batch)
    return {name: chunks}


async def push_star(base, token, chunks):
    streams = {"file-even": [], "file-odd": []}
    async with connect(f"{base}/data/*/push", token) as socket:
        for first in range(0, len(chunks), BATCH):
            offsets, offset = [], 0
            for index, chunk in enumerate(chunks[first : first + BATCH]):
                name = "file-odd" if index % 2 else "file-even"
                offsets.append([name, offset])
                offset += len(chunk)
                streams[name].append(chunk)
            await socket.send(json.dumps(offsets))
            await socket.send(b"".join(chunks[first : first + BATCH]))
    return streams


async def pull(base, token, name, expected, count):
    found = []
    async with connect(f"{base}/data/{name}/pull?last_entry_id=0&count={count}", token) as socket:
        while len(found) < expected:
            offsets = json.loads(await asyncio.wait_for(socket.recv(), 30))
            blob = await asyncio.wait_for(socket.recv(), 30)
            starts = [start for _, _, start in offsets] + [len(blob)]
            found += [blob[starts[i] : starts[i + 1]] for i in range(len(offsets))]
    return found


async def main(base, token, path):
    with open(path, "rb") as file:
        content = file.read()
    chunks = [content[i : i + CHUNK] for i in range(0, len(content), CHUNK)]
    for name in ["plain", "acked", "starts", "ends", "even", "odd"]:
        metadata = request("PUT", f"{base}/streams/file-{name}", token, {"max_len": len(chunks) + 1000})
        stored = json.loads(metadata) if isinstance(metadata, str) else metadata
        assert stored["max_len"] > len(chunks)
    pushed = {}
    pushed.update(await push_plain(base, token, chunks))
    pushed.update(await push_acked(base, token, chunks))
    pushed.update(await push_batched(base, token, chunks, by_end=False))
    pushed.update(await push_batched(base, token, chunks, by_end=True))
    pushed.update(await push_star(base, token, chunks))
    for name, expected in pushed.items():
        for count in [1, 100]:
            found = await pull(base, token, name, len(expected), count)
            assert found == expected, f"{name} differs"
    assert b"".join(await pull(base, token, "file-plain", len(chunks), 7)) == content
    print(f"{len(content)} bytes in {len(chunks)} entries, {len(pushed)} streams")


asyncio.run(main(*sys.argv[1:4]))
