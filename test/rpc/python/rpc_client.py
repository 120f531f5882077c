"""A JSON-RPC client over WebSocket, written from the protocol text with the `websockets` package."""

import asyncio
import itertools
import json
import struct

import websockets


class RpcError(Exception):
    def __init__(self, code, message, data=None):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.data = data


class Task:
    """One request that is under way."""

    def __init__(self, request_id):
        self.id = request_id
        self.progress = []
        self.started = asyncio.get_running_loop().create_future()
        self.reply = asyncio.get_running_loop().create_future()


class RpcClient:
    def __init__(self, uri, ssl=None):
        self._uri = ("wss://" if ssl else "ws://") + uri
        self._ssl = ssl
        self._ids = itertools.count()
        self._tasks = {}
        self.general_errors = []

    async def __aenter__(self):
        options = {"ssl": self._ssl} if self._ssl else {}
        self._socket = await websockets.connect(self._uri, max_size=None, ping_interval=None, **options)
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_):
        await self._socket.close()
        self._reader.cancel()

    async def task(self, method, params=None, binary=b""):
        task = Task(next(self._ids))
        self._tasks[task.id] = task
        message = {"id": task.id, "jsonrpc": "2.0", "method": method}
        if params is not None:
            message["params"] = params
        text = json.dumps(message, sort_keys=True)
        if binary:
            data = text.encode()
            await self._socket.send(struct.pack("<I", len(data)) + data + binary)
        else:
            await self._socket.send(text)
        return task

    async def request(self, method, params=None, binary=b""):
        result, _ = await self.execute(method, params, binary)
        return result

    async def execute(self, method, params=None, binary=b""):
        task = await self.task(method, params, binary)
        return await asyncio.wait_for(task.reply, 60)

    async def send_raw(self, message):
        await self._socket.send(message)

    async def cancel(self, task):
        return await self.request("cancel", {"id": task.id})

    async def _read(self):
        async for message in self._socket:
            if isinstance(message, bytes):
                (size,) = struct.unpack_from("<I", message)
                self._dispatch(json.loads(message[4 : 4 + size]), message[4 + size :])
            else:
                self._dispatch(json.loads(message), b"")

    def _dispatch(self, message, payload):
        assert message["jsonrpc"] == "2.0"
        if "error" in message:
            error = message["error"]
            failure = RpcError(error["code"], error["message"], error.get("data"))
            task = self._tasks.pop(message["id"], None) if message["id"] is not None else None
            if task is None:
                self.general_errors.append(failure)
            else:
                task.reply.set_exception(failure)
        elif "result" in message:
            self._tasks.pop(message["id"]).reply.set_result((message["result"], payload))
        else:
            params = message["params"]
            task = self._tasks[params["id"]]
            task.progress.append((params["operation"], params["amount"]))
            if not task.started.done():
                task.started.set_result(None)
