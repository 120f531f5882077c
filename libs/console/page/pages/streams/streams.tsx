import { route } from '../../app/route.js';
import { StreamFrame } from '../stream/stream-frame.js';
import { StreamList } from './stream-list.js';

/** `#/streams` is the list, `#/streams/NAME/VIEW` one stream. */
export default function Streams() {
  const [, name, view = 'live'] = route.value.path;
  return name === undefined ? <StreamList /> : <StreamFrame key={name} name={name} view={view} />;
}
