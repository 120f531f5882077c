export { RpcTester, type RpcTesterOptions } from './rpc.tester.js';
