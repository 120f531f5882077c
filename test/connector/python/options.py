"""The command line of both connectors: one JSON object."""

import asyncio
import json
import signal
import ssl
import sys


def options():
    given = {"secret": None, "user": None, "certificate": None, **json.loads(sys.argv[1])}
    given["url"] = given["url"] + "/api/v1/wsock/websocket"
    given["ssl"] = ssl.create_default_context(cafile=given["certificate"]) if given["url"].startswith("wss") else None
    return given


def serve(connectors, error):
    """Runs all until SIGTERM, or until one has ended with `error`, which ends the process with code 3."""

    async def main():
        running = asyncio.gather(*(connector.run() for connector in connectors))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
        await running

    try:
        asyncio.run(main())
    except asyncio.CancelledError:
        pass
    except error as fault:
        print(fault, file=sys.stderr)
        sys.exit(3)
