import { Heading } from '../../parts/heading.js';

export default function Methods() {
  return <Heading title="Methods" />;
}
