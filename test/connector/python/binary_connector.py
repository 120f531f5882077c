"""A connector as existing Java ones are: binary frames, text ones ignored, a window, a second claim on the same socket.

Written from connector§2 §3 §4 §5 §6; what is odd about it is what the hub has to live with.
"""

import asyncio
import json
import uuid

import websockets
from websockets.exceptions import ConnectionClosed

from options import options, serve
from script import Script, tell

#: Notifications and query responses without an acknowledgement, above which a sender waits, for ever if need be.
WINDOW = 5
#: Pause of the application before it starts anew.
RESTART = 0.5
#: What it says in every operation without meaning anything by it.
EMPTY = {"address": "", "namespaceName": None, "locale": None, "responseType": None, "sourceName": None}


class RefusedError(Exception):
    """No credential was accepted."""


class BinaryConnector:
    def __init__(self, given, source, secret):
        self.given = given
        self.source = source
        self.secret = secret
        self.script = Script(source)
        self.socket = None
        self.window = asyncio.Semaphore(WINDOW)
        self.live = False

    async def run(self):
        while True:
            self.live = False
            self.window = asyncio.Semaphore(WINDOW)
            try:
                tell("attempt", source=self.source)
                connecting = websockets.connect(
                    self.given["url"], ssl=self.given["ssl"], ping_interval=None, max_size=None
                )
                async with connecting as self.socket:
                    await self.authenticate()
                    await self.claim()
                    while True:
                        await self.handle(await self.receive())
            except (ConnectionClosed, OSError) as fault:
                tell("failure", source=self.source, fault=type(fault).__name__)
            if self.live:
                self.script.closed(self.socket.close_code)
            await asyncio.sleep(RESTART)

    async def authenticate(self):
        """Tries its credentials one after the other: after a refusal the socket is still good."""
        user, tokens = self.given["user"], self.given["token"]
        tries = [("validate", token) for token in (tokens if isinstance(tokens, list) else [tokens])]
        if user is not None:
            tries = [("authenticate", {"username": user[0], "password": user[1]})]
        for op, credential in tries:
            await self.operate({"op": op, "resourceName": "system.credentials", "object": credential})
            answer = await self.receive()
            if answer.get("status") == 200:
                return
            tell("refused", source=self.source, status=answer.get("status"))
        raise RefusedError("Not authenticated")

    async def claim(self):
        claim = {"op": "connectExtension", "resourceName": "sources", "resourceId": self.source}
        await self.operate({**claim, "parameters": {"reconnectSecret": self.secret}})

    async def handle(self, message):
        op = message.get("op")
        if op == "configureExtension":
            assert message["resourceId"] == self.source, "a configuration without its source"
            self.live = True
            self.script.connected(message["object"]["config"])
        elif op == "publish":
            await self.script.published(self, message.get("object"))
        elif op == "query":
            asked = self.script.asked(self, message["messageHeaders"]["REPLY_ADDR_HEADER"], message["object"])
            self.script.start(asked)
        elif op == "reconnectRequired":
            # The socket and the authentication stay.
            await self.claim()
        elif self.live:
            if message["status"] >= 300:
                tell("error", source=self.source, status=message["status"], body=message.get("body"))
            self.window.release()
        elif message["status"] >= 300:
            tell("refused", source=self.source, status=message["status"])
            await self.socket.close()

    async def notify(self, value):
        await self.window.acquire()
        await self.operate(
            {"op": "notification", "resourceName": "sources", "resourceId": self.source, "object": value}
        )

    async def respond(self, address, status, *body):
        await self.window.acquire()
        headers = {} if address is None else {"X-Reply-Address": address}
        # With 204 it sends an empty object, which is no row.
        content = {} if status == 204 else next(iter(body), None)
        await self.send(
            {"status": status, "headers": headers, "body": content, "contentType": "application/json; charset=utf-8"}
        )

    async def operate(self, message):
        await self.send({**EMPTY, "parameters": None, "messageHeaders": None, **message})

    async def send(self, message):
        try:
            await self.socket.send(json.dumps(message).encode())
        except ConnectionClosed:
            tell("unsent", source=self.source)

    async def receive(self):
        while True:
            frame = await self.socket.recv()
            if isinstance(frame, str):
                tell("textFrame", source=self.source)
                continue
            message = json.loads(frame)
            # It takes booleans and numbers out of their boxes unseen.
            assert None not in message.values(), f"null in {sorted(message)}"
            return message


if __name__ == "__main__":
    GIVEN = options()
    # One secret for all sources of the process.
    SECRET = GIVEN["secret"] or str(uuid.uuid4())
    serve([BinaryConnector(GIVEN, source, SECRET) for source in GIVEN["sources"]], RefusedError)
