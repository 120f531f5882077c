import { Heading } from '../../parts/heading.js';

/** All streams with their numbers. */
export function StreamList() {
  return <Heading title="Streams" />;
}
