import { Injectable } from '@nestjs/common';
import { Shutdown } from '@millrace/core/shutdown';
import { StreamStore } from '@millrace/stream-store';
import { Producer } from './producer.js';

const MINUTE = 60_000;

/** A weather sensor: JSON readings that rise and fall once a minute. */
@Injectable()
export class SensorProducer extends Producer {
  constructor(store: StreamStore, shutdown: Shutdown) {
    super(store, 'demo:sensor', 500, shutdown);
  }

  protected produce(now: Date): Buffer {
    const phase = (2 * Math.PI * (now.getTime() % MINUTE)) / MINUTE;
    const reading = {
      time: now.toISOString(),
      temperature: round(20 + 5 * Math.sin(phase)),
      humidity: round(50 + 10 * Math.cos(phase)),
    };
    return Buffer.from(JSON.stringify(reading));
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
