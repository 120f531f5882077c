// Started by its test: an application in a process of its own, whose endpoint throws. Prints its port once it runs, and
// what has reached the process before it ended by itself.
import 'reflect-metadata';
import { MillraceSocketsModule, MillraceWsAdapter, SocketEndpoint } from '@millrace/core';
import { NestFactory } from '@nestjs/core';

const make = [
  () => undefined,
  () => Object.create(null),
  () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  () =>
    Object.defineProperty(new Error('replaced'), 'message', {
      get() {
        throw new Error('a trap');
      },
    }),
];

class Throwing {
  handshake({ query }) {
    const thing = make[Number(query.get('thing'))];
    if (query.get('at') === 'handshake') throw thing();
    return { at: query.get('at'), thing };
  }

  handleConnection(connection) {
    const { at, thing } = connection.state;
    if (at === 'now') throw thing();
    if (at === 'later') return Promise.reject(thing());
    connection.onMessage(async () => {
      throw thing();
    });
  }
}
SocketEndpoint({ path: '/throwing' })(Throwing);

const root = { module: class AppModule {}, imports: [MillraceSocketsModule], providers: [Throwing] };
const app = await NestFactory.create(root, { logger: ['error'] });
app.useWebSocketAdapter(new MillraceWsAdapter(app));
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
console.log(`port ${app.getHttpServer().address().port} things ${make.length}`);
process.stdin.resume().once('end', async () => {
  await app.close();
  console.log('ended by itself');
});
