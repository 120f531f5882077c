// Pushes many entries and pulls them back, in a process of its own; tells how far it is, and what it found.
import { connect } from '@millrace/client';

const [url, entries, size] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const STREAM = 'large';

// Each entry is a window over the same noise, with its number in front: all differ, and any can be made again.
const noise = new Uint8Array(size * 2);
for (let at = 0, state = 1; at < noise.length; at += 1) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  noise[at] = state >>> 24;
}
const entry = (number) => {
  const start = (number * 7919) % size;
  const bytes = Buffer.from(noise.subarray(start, start + size));
  bytes.writeUInt32LE(number);
  return bytes;
};
function* all() {
  for (let number = 0; number < entries; number += 1) yield entry(number);
}
const tell = (phase) => {
  let told = 0;
  return (progress) => {
    if (progress.entries - told < entries / 200) return;
    told = progress.entries;
    process.send({ phase, share: progress.entries / entries });
  };
};

const millrace = await connect(url, { maxPause: 100 });
const stream = millrace.stream(STREAM);
await stream.setMetadata({ max_len: entries * 2 });
const push = stream.push({ batch: true, onProgress: tell('push') });
await push.sendAll(all());
await push.close();
const { length, metadata } = await stream.info();

let pulled = 0;
let wrong = 0;
for await (const { data } of stream.pull({ after: '0', follow: false, onProgress: tell('pull') })) {
  if (!entry(pulled).equals(data)) wrong += 1;
  pulled += 1;
}
await millrace.close();
process.send({ phase: 'done', length, retention: metadata.max_len, pulled, wrong });
process.disconnect();
