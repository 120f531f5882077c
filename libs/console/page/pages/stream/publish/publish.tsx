import { Empty } from '../../../parts/empty.js';
import type { StreamViewProps } from '../views.js';

export default function Publish({ stream }: StreamViewProps) {
  return <Empty>Publish of {stream}</Empty>;
}
