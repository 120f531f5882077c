"""A connector written from the protocol text, on Debian's websockets package.

    connector.py <hub url> <source> <text|binary> <token> [secret]

It frames like one of the two existing kits: with `text` it sends text and reads both kinds, with `binary` it sends binary
frames and does not hear text. A query says in `do` how it is to be answered; a publish with `notify` makes it send so many
notifications. Everything it sees is printed as JSON, a line each. It comes back after a close as the existing kit does: at
once after 1000 and 1001, else after half a second for each failure.
"""
import asyncio
import json
import sys

import websockets

URL, SOURCE, FRAMES, TOKEN = sys.argv[1:5]
SECRET = sys.argv[5] if len(sys.argv) > 5 else SOURCE + '_secret'
REPORT = {'messageCode': 'com.example.bad', 'messageTemplate': 'Query {0} of {1}', 'parameters': ['q-17', SOURCE]}


def tell(event, **more):
    print(json.dumps({'event': event, **more}), flush=True)


class Refused(Exception):
    pass


class Connection:
    def __init__(self, socket):
        self.socket = socket
        self.held = []
        self.unacknowledged = 0
        self.room = asyncio.Condition()

    async def send(self, message):
        text = json.dumps(message)
        await self.socket.send(text.encode() if FRAMES == 'binary' else text)

    async def receive(self):
        while True:
            data = await self.socket.recv()
            if isinstance(data, bytes) or FRAMES == 'text':
                return json.loads(data)

    async def open(self):
        await self.send({'op': 'validate', 'resourceName': 'system.credentials', 'object': TOKEN})
        answer = await self.receive()
        if answer['status'] != 200:
            reason = answer['body'][0]
            raise Refused('Connect call failed: %s :: %s:%s' % (answer['status'], reason['code'], reason['message']))
        await self.send({'op': 'connectExtension', 'resourceName': 'sources', 'resourceId': SOURCE,
                         'parameters': {'reconnectSecret': SECRET}})
        answer = await self.receive()
        if 'op' not in answer:
            tell('claim refused', status=answer['status'])
            return False
        assert answer['op'] == 'configureExtension' and answer['resourceId'] == SOURCE, answer
        tell('connect', config=answer['object']['config'])
        return True

    async def run(self):
        while True:
            message = await self.receive()
            op = message.get('op')
            if op is None:
                await self.acknowledged(message)
            elif op == 'publish':
                await self.publish(message['object'])
            elif op == 'query':
                asyncio.create_task(self.query(message['object'], message['messageHeaders']['REPLY_ADDR_HEADER']))
            elif op == 'reconnectRequired':
                tell('close')
                if not await self.open():
                    return

    async def acknowledged(self, message):
        if message['status'] != 200:
            tell('status', status=message['status'])
        async with self.room:
            self.unacknowledged -= 1
            self.room.notify_all()

    async def publish(self, value):
        if isinstance(value, dict) and 'notify' in value:
            asyncio.create_task(self.notify(value['notify']))
        else:
            tell('publish', object=value)

    async def notify(self, count):
        for number in range(count):
            async with self.room:
                await self.room.wait_for(lambda: self.unacknowledged < 5)
                self.unacknowledged += 1
            await self.send({'op': 'notification', 'resourceName': 'sources', 'resourceId': SOURCE,
                             'object': {'n': number, 'of': SOURCE}})
        tell('notified', count=count)

    async def respond(self, address, status, body=None):
        message = {'status': status, 'headers': {'X-Reply-Address': address}}
        if body is not None:
            message['body'] = body
        self.unacknowledged += 1
        await self.send(message)

    async def query(self, query, address):
        how = query.get('do')
        if how == 'object':
            await self.respond(address, 200, {'n': 1})
        elif how == 'array':
            await self.respond(address, 200, [{'n': 1}, {'n': 2}])
        elif how == 'nothing':
            await self.respond(address, 204)
        elif how == 'parts':
            await self.respond(address, 100, {'n': 1})
            await self.respond(address, 100, [{'n': 2}, {'n': 3}])
            await self.respond(address, 200, {'n': 4})
        elif how == 'parts, then nothing':
            await self.respond(address, 100, [{'n': 1}])
            await self.respond(address, 204)
        elif how == 'slow parts':
            for number in range(4):
                await asyncio.sleep(0.15)
                await self.respond(address, 100, {'n': number})
            await self.respond(address, 204)
        elif how == 'error':
            await self.respond(address, 400, REPORT)
        elif how == 'error after parts':
            await self.respond(address, 100, [{'n': 1}])
            await self.respond(address, 400, REPORT)
        elif how == 'twice':
            await self.respond(address, 200, [{'n': 1}])
            await self.respond(address, 200, [{'n': 2}])
            await self.respond('unknown', 200, [{'n': 3}])
        elif how == 'reverse':
            self.held.append((query, address))
            if len(self.held) == 40:
                for held, its_address in reversed(self.held):
                    await self.respond(its_address, 200, [{'answer': held['n']}])
        elif how == 'large':
            await self.respond(address, 200, [{'text': 'x' * (2 * 1024 * 1024)}])
        # Anything else is never answered.


async def main():
    failures = 0
    while True:
        try:
            async with websockets.connect(URL, ping_interval=0.2, ping_timeout=5) as socket:
                connection = Connection(socket)
                if await connection.open():
                    await connection.run()
                failures = 0
        except Refused as refusal:
            tell('refused', message=str(refusal))
            return
        except websockets.exceptions.ConnectionClosed as end:
            code = end.rcvd.code if end.rcvd else 1006
            tell('closed', code=code)
            failures = 0 if code in (1000, 1001) else failures + 1
        except OSError:
            failures += 1
        await asyncio.sleep(0.5 * failures)


asyncio.run(main())
