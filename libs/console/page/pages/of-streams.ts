// One script for what is about streams: small scripts compress badly, and these are opened together.
export { default as Streams } from './streams/streams.js';
export { default as Live } from './stream/live/live.js';
export { default as Publish } from './stream/publish/publish.js';
export { default as Replay } from './stream/replay/replay.js';
export { default as Consumers } from './stream/consumers/consumers.js';
export { default as Settings } from './stream/settings/settings.js';
