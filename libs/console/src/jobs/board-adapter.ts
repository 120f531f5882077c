import type {
  AppControllerRoute,
  BullBoardQueues,
  BullBoardRequest,
  ControllerHandlerReturnType,
  IServerAdapter,
  UIConfig,
} from '@bull-board/api/typings/app';

/** A request for the interface of the board. */
export interface BoardRequest {
  readonly method: string;
  /** Below the path of the board, as it was sent: `/api/queues`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Takes what bull-board gives to the adapter of a server, for a controller of Nest to serve. */
export class BoardAdapter implements IServerAdapter {
  /** Folder of the files of its page. */
  folder = '';
  config: UIConfig = {};
  private queues: BullBoardQueues = new Map();
  private routes: readonly AppControllerRoute[] = [];
  private describe: ((error: Error) => ControllerHandlerReturnType) | undefined;

  /** Answers a request; undefined where the board has no such route. */
  async answer(request: BoardRequest): Promise<{ status: number; body: unknown } | undefined> {
    const method = request.method.toLowerCase();
    for (const route of this.routes) {
      if (![route.method].flat().some((one) => one === method)) continue;
      const params = [route.route]
        .flat()
        .map((pattern) => paramsOf(pattern, request.path))
        .find(Boolean);
      if (!params) continue;
      const { query, body, headers } = request;
      const call = { queues: this.queues, uiConfig: this.config, query, params, body, headers: { ...headers } };
      const result = await this.attempt(() => route.handler(call as BullBoardRequest));
      return { status: result.status ?? 200, body: result.body };
    }
    return undefined;
  }

  private async attempt(
    work: () => ReturnType<AppControllerRoute['handler']>,
  ): Promise<Pick<ControllerHandlerReturnType, 'status'> & { body: unknown }> {
    try {
      return await work();
    } catch (error) {
      if (!this.describe || !(error instanceof Error)) throw error;
      return this.describe(error);
    }
  }

  setQueues(queues: BullBoardQueues): this {
    this.queues = queues;
    return this;
  }

  setViewsPath(folder: string): this {
    this.folder = folder;
    return this;
  }

  setStaticPath(): this {
    return this;
  }

  setEntryRoute(): this {
    return this;
  }

  setErrorHandler(describe: (error: Error) => ControllerHandlerReturnType): this {
    this.describe = describe;
    return this;
  }

  setApiRoutes(routes: AppControllerRoute[]): this {
    this.routes = routes;
    return this;
  }

  setUIConfig(config: UIConfig): this {
    this.config = config;
    return this;
  }
}

/** What stands for the names in a pattern such as `/api/queues/:queueName`; undefined where a path does not match it. */
function paramsOf(pattern: string, path: string): Record<string, string> | undefined {
  const expected = pattern.split('/');
  const given = path.split('/');
  if (expected.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const segment = given[index]!;
    if (part.startsWith(':') && segment !== '') params[part.slice(1)] = decoded(segment);
    else if (part !== segment) return undefined;
  }
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // No queue and no job has such a name.
    return segment;
  }
}
