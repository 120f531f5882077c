import { Inject, Injectable } from '@nestjs/common';
import { type HandlerClass, HandlerClasses, type MarkedMethod } from '@millrace/core/enhancers';
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

/** Finds the decorated methods of the application's providers and controllers. */
@Injectable()
export class RpcExplorer {
  constructor(
    private readonly classes: HandlerClasses,
    private readonly binder: RpcBinder,
    @Inject(RPC_SETTINGS) private readonly settings: RpcSettings,
  ) {}

  /** @throws MillraceError when a class with methods is not a singleton */
  async explore(): Promise<RpcMethodDefinition[]> {
    const methods: RpcMethodDefinition[] = [];
    for (const one of this.classes) {
      if (this.isOff(one)) continue;
      for (const method of one.methods<RpcMethodMetadata>(RPC_METHOD)) methods.push(await this.define(one, method));
    }
    return methods;
  }

  /** Built-in methods which have to be asked for. */
  private isOff({ type }: HandlerClass): boolean {
    if (type === QuitMethods) return !this.settings.onQuit;
    return type === TopicMethods && !this.settings.topics;
  }

  private async define(
    one: HandlerClass,
    { key, handler, metadata }: MarkedMethod<RpcMethodMetadata>,
  ): Promise<RpcMethodDefinition> {
    const place = `${one.name}.${key}`;
    const instance = one.instanceOr(
      `RPC method "${metadata.name}" (${place}) belongs to a request-scoped or transient provider`,
    );
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
    const params = await this.paramsSchema(metadata);
    const positional = params && positionalNames(params);
    const core = [CoreMethods, QuitMethods, TopicMethods].some((builtIn) => instance instanceof builtIn);
    return {
      name: metadata.name,
      plugin: core ? CORE_PLUGIN : (metadata.plugin ?? one.providedAs),
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
      scopes: this.binder.scopes({ instance, handler, metadata }),
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
