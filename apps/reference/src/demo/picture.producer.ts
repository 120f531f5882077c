import { Injectable } from '@nestjs/common';
import { Shutdown } from '@millrace/core/shutdown';
import { StreamStore } from '@millrace/stream-store';
import { Producer } from './producer.js';

const WIDTH = 320;
const HEIGHT = 180;
const ROUND_MS = 10_000;

/** A test picture: a wheel that turns once in ten seconds, and the time. */
@Injectable()
export class PictureProducer extends Producer {
  constructor(store: StreamStore, shutdown: Shutdown) {
    super(store, 'demo:camera', 500, shutdown);
  }

  protected async produce(now: Date): Promise<Buffer> {
    // Loaded with the first picture.
    const { default: sharp } = await import('sharp');
    return sharp(Buffer.from(drawing(now)))
      .jpeg({ quality: 80 })
      .toBuffer();
  }
}

function drawing(now: Date): string {
  const turn = (360 * (now.getTime() % ROUND_MS)) / ROUND_MS;
  const blades = [0, 45, 90, 135, 180, 225, 270, 315]
    .map(
      (angle) =>
        `<rect x="-5" y="-66" width="10" height="60" rx="3" fill="#7cc4ff" transform="rotate(${angle + turn})"/>`,
    )
    .join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
    <rect width="100%" height="100%" fill="#10222f"/>
    <rect y="150" width="100%" height="30" fill="#1c5d8a"/>
    <g transform="translate(110 88)"><circle r="70" fill="none" stroke="#d9a441" stroke-width="6"/>${blades}<circle r="10" fill="#d9a441"/></g>
    <text x="200" y="80" font-family="sans-serif" font-size="20" fill="#fff">Millrace</text>
    <text x="200" y="108" font-family="monospace" font-size="16" fill="#9fb8c8">${now.toISOString().slice(11, 19)}</text>
  </svg>`;
}
