// A connector in a process of its own, as a user writes one: it puts so many notifications into its outbox, says so, and
// delivers them until it is told to stop.
//
//   notifier.mjs <hub> <first> <count> [<port of a Redis for the outbox>]
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConnectorModule, ConnectorSet } from '@millrace/connector';
import { BullMqOutbox } from '@millrace/connector/bullmq';

const [targetServer, first, count, redis] = process.argv.slice(2);

class NotifierModule {}
Module({
  imports: [
    ConnectorModule.forRoot({
      targetServer,
      authToken: 'token',
      sources: ['a'],
      reconnectSecret: 'the same in every life',
      backoff: { initial: 20, max: 200 },
      outbox: {
        capacity: 2000,
        window: 50,
        ...(redis ? { driver: new BullMqOutbox({ connection: { host: '127.0.0.1', port: Number(redis) } }) } : {}),
      },
      drainTimeout: '200s',
    }),
  ],
})(NotifierModule);

const app = await NestFactory.createApplicationContext(NotifierModule, { logger: false });
app.enableShutdownHooks();
const source = app.get(ConnectorSet).connection('a');
for (let n = Number(first); n < Number(first) + Number(count); n += 1) await source.notify({ n });
process.send('stored');
