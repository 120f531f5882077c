import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { parseDuration } from '@millrace/protocol';
import type { RpcMethodMetadata } from '../api/rpc-method.decorator.js';
import type { JsonSchema } from '../api/json-schema.interface.js';
import type { RpcMethodDefinition } from '../engine/method-table.js';
import { RpcBinder } from './rpc.binder.js';
import { CORE_PLUGIN, RPC_METHOD } from '../rpc.constants.js';
import { CoreMethods } from '../methods/core.methods.js';
import { QuitMethods } from '../methods/quit.methods.js';
import { TopicMethods } from '../methods/topic.methods.js';
import { RPC_SETTINGS } from '../rpc.module-definition.js';
import type { RpcSettings } from '../rpc.options.js';
import { deriveSchema } from '../engine/schemas/derive-schema.js';
import { positionalNames } from '../engine/schemas/params.js';

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];
type Handler = (...args: unknown[]) => unknown;

/** A decorated method of a class, whether its instance can be used or not. */
interface Found {
  readonly wrapper: Wrapper;
  readonly key: string;
  readonly handler: Handler;
  readonly metadata: RpcMethodMetadata;
}

/** Finds the decorated methods of the application's providers and controllers. */
@Injectable()
export class RpcExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly binder: RpcBinder,
    @Inject(RPC_SETTINGS) private readonly settings: RpcSettings,
  ) {}

  /** @throws Error when a method belongs to a request-scoped or transient class */
  async explore(): Promise<RpcMethodDefinition[]> {
    const methods: RpcMethodDefinition[] = [];
    for (const found of this.find()) methods.push(await this.define(found));
    return methods;
  }

  private *find(): Iterable<Found> {
    const seen = new Set<unknown>();
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      const instance: unknown = wrapper.instance;
      const prototype: unknown = wrapper.metatype?.prototype ?? (instance && Object.getPrototypeOf(instance));
      if (typeof prototype !== 'object' || prototype === null || seen.has(instance ?? wrapper)) continue;
      seen.add(instance ?? wrapper);
      if (this.isOff(instance)) continue;
      for (const key of this.scanner.getAllMethodNames(prototype)) {
        const handler = (prototype as Record<string, Handler>)[key];
        const metadata = handler && (Reflect.getMetadata(RPC_METHOD, handler) as RpcMethodMetadata | undefined);
        if (metadata) yield { wrapper, key, handler, metadata };
      }
    }
  }

  /** Built-in methods which have to be asked for. */
  private isOff(instance: unknown): boolean {
    if (instance instanceof QuitMethods) return !this.settings.onQuit;
    return instance instanceof TopicMethods && !this.settings.topics;
  }

  private async define({ wrapper, key, handler, metadata }: Found): Promise<RpcMethodDefinition> {
    const place = `${wrapper.name}.${key}`;
    if (!wrapper.isDependencyTreeStatic() || wrapper.isTransient) {
      throw new Error(
        `RPC method "${metadata.name}" (${place}) belongs to a request-scoped or transient provider; ` +
          'move it to one that lives as long as the application',
      );
    }
    const timeout = parseDuration(metadata.timeout ?? 0);
    if (timeout === undefined)
      throw new Error(
        `RPC method "${metadata.name}" (${place}) has the timeout "${metadata.timeout}"; give milliseconds, or text such as "10s"`,
      );
    for (const limit of ['maxRunning', 'maxWaiting'] as const) {
      const value = metadata[limit];
      if (value !== undefined && !(Number.isSafeInteger(value) && value > 0))
        throw new Error(
          `RPC method "${metadata.name}" (${place}) has the ${limit} ${value}; give a whole number of at least 1`,
        );
    }
    const instance = wrapper.instance as object;
    const params = await this.paramsSchema(metadata);
    const positional = params && positionalNames(params);
    const core = [CoreMethods, QuitMethods, TopicMethods].some((builtIn) => instance instanceof builtIn);
    return {
      name: metadata.name,
      plugin: core ? CORE_PLUGIN : (metadata.plugin ?? String(wrapper.name)),
      summary: metadata.title,
      description: metadata.description ?? metadata.title ?? '',
      async: metadata.async ?? false,
      deprecated: metadata.deprecated ?? false,
      tags: metadata.tags ?? [],
      errors: metadata.errors ?? [],
      params,
      returns: metadata.resultSchema ?? (metadata.result && (await deriveSchema(metadata.result, 'output'))),
      positional,
      timeout,
      maxRunning: metadata.maxRunning,
      maxWaiting: metadata.maxWaiting,
      hidden: metadata.hidden ?? false,
      priority: core && metadata.name === 'cancel',
      invoke: this.binder.bind({ instance, key, handler, metadata, positional }),
    };
  }

  private async paramsSchema(metadata: RpcMethodMetadata): Promise<JsonSchema | undefined> {
    if (metadata.paramsSchema) return metadata.paramsSchema;
    if (metadata.params) return deriveSchema(metadata.params, 'input');
    return metadata.paramsIndex === undefined ? undefined : {};
  }
}
