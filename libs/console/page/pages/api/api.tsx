import { Heading } from '../../parts/heading.js';

export default function Api() {
  return <Heading title="API" />;
}
