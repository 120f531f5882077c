import { Heading } from '../../parts/heading.js';

export default function Plot() {
  return <Heading title="Plot" />;
}
