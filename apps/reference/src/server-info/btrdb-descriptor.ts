import { create, createFileRegistry, type DescMethodUnary } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import type { ServerInfo } from './server-info.js';

const field = (name: string, number: number, more: object) => ({ name, jsonName: name, number, ...more });

/**
 * The layout of connection-profiles§5, as far as this server speaks it. `stat` (1) and `mash` (2) of the reply are
 * left out: a client takes any `stat` for an error, and needs no map of the cluster behind a proxy.
 */
const FILE = create(FileDescriptorProtoSchema, {
  name: 'btrdb.proto',
  package: 'v5api',
  syntax: 'proto3',
  messageType: [
    { name: 'InfoParams' },
    {
      name: 'InfoResponse',
      field: [
        field('majorVersion', 3, { type: Type.UINT32, label: Label.OPTIONAL }),
        field('minorVersion', 4, { type: Type.UINT32, label: Label.OPTIONAL }),
        field('build', 5, { type: Type.STRING, label: Label.OPTIONAL }),
        field('proxy', 6, { type: Type.MESSAGE, typeName: '.v5api.ProxyInfo', label: Label.OPTIONAL }),
      ],
    },
    { name: 'ProxyInfo', field: [field('proxyEndpoints', 1, { type: Type.STRING, label: Label.REPEATED })] },
  ],
  service: [
    { name: 'BTrDB', method: [{ name: 'Info', inputType: '.v5api.InfoParams', outputType: '.v5api.InfoResponse' }] },
  ],
});

/** The one method of BTrDB's service that this server has. */
export function infoMethod(): DescMethodUnary {
  const file = createFileRegistry(create(FileDescriptorSetSchema, { file: [FILE] }));
  const method = file.getService('v5api.BTrDB')?.method['info'];
  if (method?.methodKind !== 'unary') throw new Error('The description of v5api.BTrDB is not complete');
  return method as DescMethodUnary;
}

/** Registers `v5api.BTrDB` with its method `Info`. */
export function btrdbRoutes(server: ServerInfo): (router: ConnectRouter) => void {
  return (router) => router.rpc(infoMethod(), () => ({ ...server.get() }));
}
