import { DAMAGES } from './damage.js';
import { describeHealing } from './healing-suite.js';

describeHealing(1, DAMAGES);
describeHealing(2, DAMAGES);
