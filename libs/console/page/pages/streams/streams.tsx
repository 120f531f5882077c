import { route } from '../../app/route.js';
import { StreamFrame } from '../stream/stream-frame.js';
import { firstViewOf } from '../stream/views.js';
import { StreamList } from './stream-list.js';

/** `#/streams` is the list, `#/streams/NAME/VIEW` one stream. */
export default function Streams() {
  const [, name, view] = route.value.path;
  return name === undefined ? <StreamList /> : <StreamFrame key={name} name={name} view={view ?? firstViewOf(name)} />;
}
