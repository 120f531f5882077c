import { Heading } from '../../parts/heading.js';

export default function Pictures() {
  return <Heading title="Pictures" />;
}
