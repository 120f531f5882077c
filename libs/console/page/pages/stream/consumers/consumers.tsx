import { Empty } from '../../../parts/empty.js';
import type { StreamViewProps } from '../views.js';

export default function Consumers({ stream }: StreamViewProps) {
  return <Empty>Consumers of {stream}</Empty>;
}
