"""What the tests make a connector do, whichever kind it is: publishes and queries carry the orders, lines tell the rest."""

import asyncio
import json
import time


def tell(event, **more):
    """Prints one line for the test; `at` is in seconds."""
    print(json.dumps({"event": event, "at": time.monotonic(), **more}), flush=True)


class Script:
    """Handlers of one source. `link` has `notify(object)`, `respond(address, status, *body)` and its `socket`."""

    def __init__(self, source):
        self.source = source
        self.held = []
        self.tasks = set()

    def connected(self, config):
        tell("connect", source=self.source, config=config)

    def closed(self, code):
        tell("close", source=self.source, code=code)

    async def published(self, link, value):
        tell("publish", source=self.source, object=value)
        order = value if isinstance(value, dict) else {}
        if "notify" in order:
            self.start(self.notify(link, order["notify"]))
        for _ in range(order.get("pings", 0)):
            await asyncio.wait_for(await link.socket.ping(), 60)
            tell("pong", source=self.source)

    async def notify(self, link, count):
        for number in range(count):
            await link.notify({"n": number, "of": self.source})
        tell("notified", source=self.source, count=count)

    async def asked(self, link, address, order):
        """Orders: `answers` to send with a `pause` after each, `hold` until so many wait, or a row of `bytes`."""
        if "hold" in order:
            self.held.append((address, order))
            if len(self.held) == order["hold"]:
                for held_address, held_order in reversed(self.held):
                    await link.respond(held_address, 200, {"answerTo": held_order})
                self.held.clear()
        elif "bytes" in order:
            await link.respond(address, 200, {"text": "x" * order["bytes"]})
        elif "answers" in order:
            self.start(self.answer(link, address, order))

    async def answer(self, link, address, order):
        for status, *body in order["answers"]:
            await link.respond(address, status, *body)
            await asyncio.sleep(order.get("pause", 0))
        if order.get("then") == "odd":
            await link.respond(address, 200, {"second": True})
            await link.respond("nobody asked this", 200, {"unknown": True})
            await link.respond(None, 200, {"missing": True})

    def start(self, work):
        """Long work beside the handlers; the set keeps it from being collected."""
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
