import { Heading } from '../../parts/heading.js';

export default function Keys() {
  return <Heading title="Keys" />;
}
