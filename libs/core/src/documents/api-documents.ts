import { Injectable, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { HostPaths } from '../http/host-paths.js';
import { HostRoutes } from '../http/host-routes.js';
import { asyncApiDocument, type AsyncApiInit, type DocumentedEndpoint } from './async-api-document.js';
import { openApiDocument } from './open-api-document.js';
import type { DocumentInfo, OpenApiFragment } from './open-api-fragment.js';
import { methodOf } from './place-fragment.js';

type Json = Readonly<Record<string, unknown>>;

/** What a module says of its routes. */
interface AddedFragment {
  readonly fragment: () => OpenApiFragment;
  readonly module: Type | undefined;
}

/** Where sockets are reached by those who read a document. */
export type SocketAddress = Pick<AsyncApiInit, 'host' | 'protocol'>;

/**
 * The documents of everything that one application serves: its routes, its sockets and its RPC methods. Each module adds what it
 * serves in its constructor; a host may add what it serves itself.
 *
 * @example
 * ```ts
 * const documents = app.get(ApiDocuments, { strict: false });
 * documents.addOpenApi({ paths: { '/weather': { get: operation({ … }) } } });
 * documents.openApi({ title: 'My service', version: '1.0.0' });
 * ```
 * @publicApi
 */
@Injectable()
export class ApiDocuments {
  private readonly fragments: AddedFragment[] = [];
  private readonly sockets: { readonly endpoints: readonly DocumentedEndpoint[] }[] = [];
  private methods: (() => Json) | undefined;

  constructor(
    private readonly hostPaths: HostPaths,
    private readonly hostRoutes: HostRoutes,
    private readonly modules: ModulesContainer,
  ) {}

  /**
   * Adds a description of routes.
   *
   * @param fragment with paths as they are without the global prefix; a function is called whenever a document is made
   * @param module that serves them: of what it does not serve by its options nothing is said, and its fragment comes in the order
   *   in which the application imports its modules. Those without a module come behind
   */
  addOpenApi(fragment: OpenApiFragment | (() => OpenApiFragment), module?: Type): void {
    this.fragments.push({ fragment: typeof fragment === 'function' ? fragment : () => fragment, module });
  }

  /** Adds socket endpoints, as those of `SocketRegistry`; they are read whenever a document is made. */
  addSockets(sockets: { readonly endpoints: readonly DocumentedEndpoint[] }): void {
    this.sockets.push(sockets);
  }

  /** Says how the OpenRPC document of the application's methods is made. */
  addOpenRpc(document: () => Json): void {
    this.methods = document;
  }

  /** The OpenAPI 3.1 document of all routes, at the paths where the application serves them. */
  openApi(info: DocumentInfo): object {
    const order = [...this.modules.values()].map(({ metatype }) => metatype);
    const rank = ({ module }: AddedFragment): number => {
      const index = module ? order.indexOf(module) : -1;
      return index < 0 ? order.length : index;
    };
    const sorted = [...this.fragments].sort((one, other) => rank(one) - rank(other));
    const fragments = sorted.map((added) => this.servedOf(added));
    return openApiDocument(info, fragments, { hostPaths: this.hostPaths });
  }

  /** What a module says of the routes that it serves. */
  private servedOf({ fragment, module }: AddedFragment): OpenApiFragment {
    const whole = fragment();
    if (!module) return whole;
    const paths: Record<string, object> = {};
    for (const [path, item] of Object.entries(whole.paths as Readonly<Record<string, object>>)) {
      const pattern = path.replace(/\{(\w+)\}/g, ':$1');
      const served = Object.entries(item).filter(([name]) => {
        const method = methodOf(name);
        return method === undefined || this.hostRoutes.serves(module, pattern, method);
      });
      if (served.some(([name]) => methodOf(name) !== undefined)) paths[path] = Object.fromEntries(served);
    }
    return { ...whole, paths };
  }

  /** The AsyncAPI 3 document of all sockets. */
  asyncApi(info: DocumentInfo, address: SocketAddress): object {
    const endpoints = this.sockets.flatMap((sockets) => sockets.endpoints);
    return asyncApiDocument({ info, endpoints, ...address });
  }

  /** The OpenRPC document of all RPC methods; undefined where the application has none. */
  openRpc(): object | undefined {
    return this.methods?.();
  }
}
