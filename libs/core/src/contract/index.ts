export {
  casesOn,
  type Contract,
  type ContractCase,
  type ContractGroups,
  declareContract,
  type OpenBench,
  type TestRunner,
} from './declare-contract.js';
