import { Heading } from '../../parts/heading.js';

export default function Streams() {
  return <Heading title="Streams" />;
}
