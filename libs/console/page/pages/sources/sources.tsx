import { Heading } from '../../parts/heading.js';

export default function Sources() {
  return <Heading title="Sources" />;
}
