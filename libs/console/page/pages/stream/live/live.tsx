import { Empty } from '../../../parts/empty.js';
import type { StreamViewProps } from '../views.js';

export default function Live({ stream }: StreamViewProps) {
  return <Empty>Live of {stream}</Empty>;
}
