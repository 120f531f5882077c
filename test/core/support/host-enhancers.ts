import {
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  ClassSerializerInterceptor,
  type ExceptionFilter,
  type ExecutionContext,
  HttpException,
  Injectable,
  Logger,
  type NestInterceptor,
  type Provider,
  SetMetadata,
  ValidationPipe,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, HttpAdapterHost, Reflector } from '@nestjs/core';
import { mergeMap, type Observable, of, raceWith, Subject, tap, throwError } from 'rxjs';

/** What serializers by classes do to what is no plain object. */
const PLAIN = {
  classToPlain: (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown,
  plainToInstance: (_type: unknown, value: unknown): unknown => value,
  plainToClass: (_type: unknown, value: unknown): unknown => value,
};

/** Finds fault with whatever has a class to be validated by. */
const REFUSING = {
  validate: async (): Promise<object[]> => [{ property: 'any', constraints: { known: 'any should not exist' } }],
  validateSync: (): object[] => [{ property: 'any', constraints: { known: 'any should not exist' } }],
};

/** Keeps answers by method and address, as interceptors that cache do; knows HTTP alone. */
@Injectable()
class CachingInterceptor implements NestInterceptor {
  static readonly kept = new Map<string, unknown>();

  constructor(private readonly host: HttpAdapterHost) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { httpAdapter } = this.host;
    const request = context.switchToHttp().getRequest<{ raw?: object }>();
    if (httpAdapter.getRequestMethod(request) !== 'GET') return next.handle();
    const key = String(httpAdapter.getRequestUrl(request));
    const known = CachingInterceptor.kept.get(key);
    httpAdapter.setHeader(context.switchToHttp().getResponse(), 'X-Cache', known === undefined ? 'MISS' : 'HIT');
    if (known !== undefined) return of(known);
    // As the usual one does: files are not kept.
    return next.handle().pipe(
      tap((value: unknown) => {
        if (value?.constructor.name !== 'StreamableFile') CachingInterceptor.kept.set(key, value);
      }),
    );
  }
}

/** Writes a line for each request; knows HTTP alone. */
@Injectable()
class LoggingInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { method, url, ip } = http.getRequest<{ method: string; url: string; ip: string }>();
    const response = http.getResponse<{ statusCode: number; setHeader?(name: string, value: string): void }>();
    const line = (): void => Logger.debug(`${method} ${url} ${ip} ${response.statusCode}`);
    return next.handle().pipe(tap({ next: line, error: line }));
  }
}

/** Gives up on a request when the test says so, as an interceptor with a time limit does. */
@Injectable()
class LimitInterceptor implements NestInterceptor {
  static readonly expiry = new Subject<void>();

  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const late = LimitInterceptor.expiry.pipe(mergeMap(() => throwError(() => new HttpException('Too late', 408))));
    return next.handle().pipe(raceWith(late));
  }
}

/** Answers every error by HTTP; knows nothing else. */
@Catch()
class HttpAnswerFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const status = error instanceof HttpException ? error.getStatus() : 500;
    const response = host.switchToHttp().getResponse<Record<'status' | 'json' | 'send', (value: unknown) => void>>();
    response.status(status);
    (response.json ?? response.send).call(response, { statusCode: status });
  }
}

/** The same by the adapter, as the documentation of Nest has it. */
@Catch()
class AdapterAnswerFilter implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const status = error instanceof HttpException ? error.getStatus() : 500;
    this.host.httpAdapter.reply(host.switchToHttp().getResponse(), { statusCode: status }, status);
  }
}

export const ROLES = 'roles';
/** What the documentation of Nest calls roles. */
export const Roles = (...roles: string[]): MethodDecorator => SetMetadata(ROLES, roles);

/** Believes what stands on the request. */
@Injectable()
class RolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToHttp().getRequest<{ user?: { roles: string[] } }>();
    const roles = this.reflector.getAllAndOverride<string[] | undefined>(ROLES, [
      context.getHandler(),
      context.getClass(),
    ]);
    return roles === undefined || roles.some((role) => user?.roles.includes(role));
  }
}

/** Lets every time limit run out. */
export function expireLimits(): void {
  LimitInterceptor.expiry.next();
}

export function forgetKept(): void {
  CachingInterceptor.kept.clear();
}

/** Global enhancers that many applications have, by their names. */
export const HOST_ENHANCERS: Readonly<Record<string, Provider>> = {
  ClassSerializerInterceptor: {
    provide: APP_INTERCEPTOR,
    useFactory: (reflector: Reflector) =>
      new ClassSerializerInterceptor(reflector, { transformerPackage: PLAIN } as never),
    inject: [Reflector],
  },
  'an interceptor that caches': { provide: APP_INTERCEPTOR, useClass: CachingInterceptor },
  'an interceptor that logs': { provide: APP_INTERCEPTOR, useClass: LoggingInterceptor },
  'an interceptor with a time limit': { provide: APP_INTERCEPTOR, useClass: LimitInterceptor },
  ValidationPipe: {
    provide: APP_PIPE,
    useFactory: () =>
      new ValidationPipe({
        whitelist: true,
        forbidNonWhitelisted: true,
        transform: true,
        validatorPackage: REFUSING as never,
        transformerPackage: PLAIN as never,
      }),
  },
  'a filter that answers by the response': { provide: APP_FILTER, useClass: HttpAnswerFilter },
  'a filter that answers by the adapter': { provide: APP_FILTER, useClass: AdapterAnswerFilter },
  'a guard for roles': { provide: APP_GUARD, useClass: RolesGuard },
};
