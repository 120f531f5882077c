import { DAMAGES } from './damage.js';
import { describeHealing } from './healing-suite.js';

/** One of each kind; the long tests take them all. */
const KINDS = [
  'its log is deleted',
  'its count is deleted',
  'its snapshot is deleted',
  'its log is a text',
  'an entry that is counted is not JSON',
  'everything is flushed',
];

describeHealing(
  2,
  DAMAGES.filter(([title]) => KINDS.includes(title)),
);
