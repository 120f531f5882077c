import { route } from '../../app/route.js';
import { PartitionList } from './partition-list.js';
import { PartitionPage } from './partition-page.js';

/** `#/registry` is the list of partitions, `#/registry/PARTITION` one of them. */
export default function Registry() {
  const [, partition] = route.value.path;
  return partition === undefined ? <PartitionList /> : <PartitionPage key={partition} partition={partition} />;
}
