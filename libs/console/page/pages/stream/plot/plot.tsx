import { Empty } from '../../../parts/empty.js';
import type { StreamViewProps } from '../views.js';

export default function Plot({ stream }: StreamViewProps) {
  return <Empty>Plot of {stream}</Empty>;
}
