import { Heading } from '../../parts/heading.js';

export default function Registry() {
  return <Heading title="Registry" />;
}
