import { fileError } from '@millrace/files';
import { thrownText } from '@millrace/protocol';
import type { Settings } from './settings.js';

/** Members that the system gives its errors. */
type SystemError = Partial<NodeJS.ErrnoException> & {
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
};

/**
 * Why the application does not start, and what to do: one or two sentences for the operator, without a stack.
 *
 * @param settings undefined where these are at fault themselves
 */
export function whyNotStarted(error: unknown, settings?: Settings): string {
  const { code = '', syscall, path, cause } = (error ?? {}) as SystemError;
  if (syscall === 'listen' || syscall === 'bind' || syscall === 'getaddrinfo')
    return whyNotListening(error as SystemError, settings) ?? thrownText(error);
  if (code === 'ERR_MODULE_NOT_FOUND') return missingPackage(thrownText(error), settings?.redis?.variable);
  if (code === 'UNAVAILABLE' && settings?.redis) return whyNoRedis(settings.redis.variable, thrownText(error), cause);
  return thrownText(path === undefined ? error : fileError(error, path));
}

function whyNoRedis(variable: string, text: string, cause: unknown): string {
  if (!/\bRedis\b/.test(text)) return text;
  // What Redis has refused after the login stands in the cause alone.
  const said = cause === undefined ? '' : thrownText(cause);
  return `${variable}: ${text}${text.includes(said) ? '' : ` (${said})`}`;
}

function whyNotListening({ code, address, port, hostname }: SystemError, settings?: Settings): string | undefined {
  const place = `port ${port} of ${address}`;
  const variable = variableOf(port, settings);
  switch (code) {
    case 'EADDRINUSE':
      return `Another process listens on ${place}. End it, or set ${variable} to another port`;
    case 'EACCES':
      return `This process may not listen on ${place}. Set ${variable} to a port above 1023, or give the process the right`;
    case 'EADDRNOTAVAIL':
      return `HOST: ${address} is not an address of this machine, so port ${port} cannot be opened there. Set HOST to one that is, or to 0.0.0.0 for all`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST: The name ${hostname ?? settings?.host ?? ''} is not known, so nothing can listen there. Set HOST to an address of this machine, or to 0.0.0.0 for all`;
    default:
      return undefined;
  }
}

function variableOf(port: number | undefined, settings: Settings | undefined): string {
  if (port === settings?.port) return 'PORT';
  if (port === settings?.tls?.port) return 'TLS_PORT';
  return port === settings?.plainPort ? 'PLAIN_PORT' : 'PORT';
}

/** A package that only some settings need. */
function missingPackage(text: string, redis = 'REDIS_URL'): string {
  const [, name] = /Cannot find package '([^']+)'/.exec(text) ?? [];
  if (name === undefined) return text;
  return name === 'ioredis'
    ? `${redis} asks for Redis, which needs a further package: npm install ${name}`
    : `The package ${name} is missing: npm install ${name}`;
}
