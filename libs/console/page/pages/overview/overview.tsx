import { Heading } from '../../parts/heading.js';

export default function Overview() {
  return <Heading title="Overview" about="How this server does." />;
}
