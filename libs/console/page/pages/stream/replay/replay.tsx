import { Empty } from '../../../parts/empty.js';
import type { StreamViewProps } from '../views.js';

export default function Replay({ stream }: StreamViewProps) {
  return <Empty>Replay of {stream}</Empty>;
}
