import { Heading } from '../../parts/heading.js';

export default function Users() {
  return <Heading title="Users" />;
}
