"""A connector as existing Python ones are: text frames, one handler at a time, a new socket for each reconnect.

Written from connector§2 §3 §4 §5 §6; what is odd about it is what the hub has to live with.
"""

import asyncio
import json
import uuid

import websockets
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK, WebSocketException

from options import options, serve
from script import Script, tell

ADDRESS_HEADER = "REPLY_ADDR_HEADER"


class ConfigError(Exception):
    """A definite refusal: no further attempt."""


class ProtocolError(Exception):
    """The hub said what nobody expected here: a failure, with a pause."""


class TextConnector:
    def __init__(self, given, source):
        self.given = given
        self.source = source
        self.script = Script(source)
        self.secret = f"{source}_{given['secret'] or uuid.uuid1()}"
        self.socket = None
        self.ready = asyncio.Event()

    async def run(self):
        failures = 0
        while True:
            try:
                await self.attempt()
                failures = 0
            except (OSError, WebSocketException, ProtocolError, ValueError, asyncio.TimeoutError) as fault:
                failures += 1
                tell("failure", source=self.source, fault=type(fault).__name__)
                await asyncio.sleep(0.5 * failures)

    async def attempt(self):
        tell("attempt", source=self.source)
        async with websockets.connect(self.given["url"], ssl=self.given["ssl"], ping_interval=None) as socket:
            self.socket = socket
            await self.authenticate()
            configuration = await self.claim()
            if configuration is None:
                return
            # Nothing else is read, and nothing sent, before the connect handler has ended.
            self.script.connected(configuration)
            self.ready.set()
            try:
                await self.read()
            except ConnectionClosedOK:
                pass
            finally:
                self.ready.clear()
                await socket.close()
                self.script.closed(socket.close_code)

    async def authenticate(self):
        await self.send({"op": "validate", "resourceName": "system.credentials", "object": self.given["token"]})
        answer = await self.receive()
        status = answer.get("status", 200)
        if status == 200:
            return
        try:
            code, message = answer["body"][0]["code"], answer["body"][0]["message"]
        except (KeyError, IndexError, TypeError) as fault:
            raise ProtocolError("refused, and unreadable why") from fault
        raise ConfigError(f"Connect call failed: {status} :: {code}:{message}")

    async def claim(self):
        """Answers the configuration, or nothing after a refusal: then it comes back without a pause."""
        parameters = {"reconnectSecret": self.secret}
        await self.send(
            {
                "op": "connectExtension",
                "resourceName": "sources",
                "resourceId": self.source,
                "parameters": parameters,
            }
        )
        for _ in range(11):
            message = await self.receive()
            if message.get("op") == "configureExtension":
                if "config" not in (message.get("object") or {}):
                    raise ProtocolError("no configuration")
                return message["object"]["config"]
            if "op" in message:
                raise ProtocolError(f"{message['op']} before the configuration")
            if message["status"] >= 300:
                tell("refused", source=self.source, status=message["status"])
                return None
        raise ProtocolError("too many statuses")

    async def read(self):
        while True:
            message = await self.receive()
            op = message.get("op")
            if op == "publish":
                await self.script.published(self, message.get("object"))
            elif op == "query":
                await self.script.asked(self, message["messageHeaders"][ADDRESS_HEADER], message["object"])
            elif op == "reconnectRequired":
                return
            elif op is not None:
                tell("ignored", source=self.source, op=op)
            elif message.get("status", 0) >= 300:
                tell("error", source=self.source, status=message["status"], body=message.get("body"))

    async def notify(self, value):
        await self.ready.wait()
        await self.send({"op": "notification", "resourceName": "sources", "resourceId": self.source, "object": value})

    async def respond(self, address, status, *body):
        await self.ready.wait()
        headers = {} if address is None else {"X-Reply-Address": address}
        message = {"status": status, "headers": headers}
        if body and status != 204:
            message["body"] = body[0]
        try:
            await self.send(message)
        except ConnectionClosed:
            tell("unsent", source=self.source)

    async def send(self, message):
        await self.socket.send(json.dumps(message))

    async def receive(self):
        message = json.loads(await self.socket.recv())
        if not isinstance(message, dict):
            raise ProtocolError("not an object")
        return message


if __name__ == "__main__":
    GIVEN = options()
    serve([TextConnector(GIVEN, source) for source in GIVEN["sources"]], ConfigError)
