export { casesOn, type ContractCase, type OpenBench } from './contract-case.js';
export { declareContract, type Contract, type ContractGroups, type TestRunner } from './declare-contract.js';
