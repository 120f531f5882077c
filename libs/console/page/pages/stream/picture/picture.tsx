import { Empty } from '../../../parts/empty.js';
import type { StreamViewProps } from '../views.js';

export default function Picture({ stream }: StreamViewProps) {
  return <Empty>Picture of {stream}</Empty>;
}
