import { memoryRegistry } from '@millrace/connectivity';
import { REGISTRY_CONTRACT } from '@millrace/connectivity/testing';
import { declareContract } from '@millrace/core/contract';

declareContract('The registry in memory', REGISTRY_CONTRACT, {
  create: async (settings) => memoryRegistry().create(settings),
});
