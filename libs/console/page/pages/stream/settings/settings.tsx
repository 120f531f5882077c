import { Empty } from '../../../parts/empty.js';
import type { StreamViewProps } from '../views.js';

export default function Settings({ stream }: StreamViewProps) {
  return <Empty>Settings of {stream}</Empty>;
}
