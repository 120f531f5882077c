import {
  AddressError,
  ConnectionRefusedError,
  ForbiddenError,
  HostNotFoundError,
  NotFoundError as MissingError,
  ResponseError,
  UnauthenticatedError,
  UntrustedAuthorityError,
  ConfigurationError,
  CredentialsFileNotFoundError,
  InvalidServerCertificateError,
  JsonRpcError,
  NoEndpointError,
  ProtocolError,
  RequestTimeoutError,
  ServiceUnavailableError,
  StreamClosedError,
} from '@millrace/client';
import { EXIT, exitCodeOf } from './exit-codes.js';
import { InterruptedError, NothingFoundError, ReaderGoneError, UsageError } from './cli.errors.js';

describe('Exit codes', () => {
  const systemError = Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall: 'open', path: '/nowhere' });
  const answered = (status: number) => ({ request: 'GET /streams', status, detail: 'no' });
  it.each([
    ['done', new ReaderGoneError()],
    ['unforeseen', new TypeError('a fault')],
    ['unforeseen', 'no error at all'],
    ['usage', new UsageError('what?')],
    ['configuration', new NoEndpointError(['MILLRACE_ENDPOINTS'])],
    ['configuration', new AddressError('x', 'argument', 'is none')],
    ['configuration', new CredentialsFileNotFoundError('/x')],
    ['configuration', new ConfigurationError('window', 'is none')],
    ['connection', new ServiceUnavailableError('nobody')],
    ['connection', new InvalidServerCertificateError('untrusted')],
    ['connection', new RequestTimeoutError('slow', 10)],
    ['connection', new ConnectionRefusedError('nobody')],
    ['connection', new HostNotFoundError('nobody')],
    ['connection', new UntrustedAuthorityError('untrusted')],
    ['refused', new UnauthenticatedError(answered(401))],
    ['refused', new ForbiddenError(answered(403))],
    ['refused', new ProtocolError('no', { status: 401 })],
    ['refused', new StreamClosedError(3000, 'expired')],
    ['rejected', new MissingError(answered(404))],
    ['rejected', new ResponseError(answered(422))],
    ['rejected', new NothingFoundError('no')],
    ['server', new ResponseError(answered(503))],
    ['server', new ProtocolError('broken')],
    ['server', new StreamClosedError(1009, 'too large')],
    ['server', new JsonRpcError(1, -32601, 'Method not found')],
    ['file', systemError],
    ['interrupted', new InterruptedError()],
    ['terminated', new InterruptedError('SIGTERM')],
  ] as const)('%s for %s', (name, error) => expect(exitCodeOf(error)).toBe(EXIT[name]));

  it('are all different', () => {
    const codes = Object.values(EXIT);
    expect(new Set(codes).size).toBe(codes.length);
  });
});
