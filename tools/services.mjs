// Starts a Redis of its own and the reference application on it; see `--help`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `npm run services [-- --daemonize]   start Redis (port 6789, or REDIS_PORT) and the application on it
npm run full [-- --daemonize]       the same behind HTTPS (port 4411, or TLS_PORT), with the certificate that TLS_CERT and
                                    TLS_KEY name, else with one of development
npm run services:stop                 end those started with --daemonize, and only those

MILLRACE_DATA_DIR (default: data) holds Redis' data, the process file and the logs.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    daemonize: { type: 'boolean', default: false },
    https: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const data = resolve(process.env.MILLRACE_DATA_DIR ?? 'data');
const redisPort = Number(process.env.REDIS_PORT ?? 6789);
const processFile = join(data, 'services.json');
/** What this start has launched; ended again when the start fails. */
const launched = [];
const main = fileURLToPath(new URL('../apps/reference/dist/main.js', import.meta.url));

if (values.help) console.log(HELP);
else if (positionals[0] === 'stop') await stop();
else await start();

async function start() {
  const running = readProcesses();
  if (running && (isOurs(running.redis) || isOurs(running.application)))
    fail('The services are running already; npm run services:stop ends them.');
  // Another Redis there would answer in the place of ours.
  if (await redisAnswers()) fail(`Port ${redisPort} is taken already; name a free one in REDIS_PORT.`);
  // Redis lets everybody read what it keeps, and its folder does not.
  mkdirSync(join(data, 'redis'), { recursive: true, mode: 0o700 });
  const redis = launch('redis', process.env.REDIS_SERVER ?? 'redis-server', [
    ...['--port', String(redisPort), '--bind', '127.0.0.1', '--dir', join(data, 'redis')],
    ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''],
  ]);
  await until('Redis', redis, () => redisAnswers());
  const application = launch('application', process.execPath, [main], {
    ...process.env,
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
    MILLRACE_DATA_DIR: data,
    ...(values.https && !process.env.TLS_CERT ? { TLS_SELF_SIGNED: 'on' } : {}),
  });
  if (!values.daemonize) return together(redis, application);
  writeFileSync(processFile, JSON.stringify({ redis: describe(redis), application: describe(application) }));
  const urls = await until('the application', application, listeningUrls);
  for (const url of urls) console.log(`Millrace is listening on ${url}`);
  console.log(`Logs: ${join(data, 'application.log')}; npm run services:stop ends it.`);
  redis.unref();
  application.unref();
}

/** In the foreground: what ends one ends both, the application first. */
async function together(redis, application) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => application.kill('SIGTERM'));
  redis.once('exit', () => application.kill('SIGTERM'));
  const code = await new Promise((done) => application.once('exit', done));
  redis.kill('SIGTERM');
  process.exitCode = code ?? 1;
}

async function stop() {
  const running = readProcesses();
  if (!running) return console.log('Nothing to stop.');
  for (const one of [running.application, running.redis]) {
    if (!isOurs(one)) continue;
    process.kill(one.pid, 'SIGTERM');
    for (let waited = 0; isOurs(one) && waited < 15_000; waited += 50) await sleep(50);
    if (isOurs(one)) fail(`Process ${one.pid} does not end.`);
  }
  rmSync(processFile, { force: true });
  console.log('Stopped.');
}

function launch(name, command, parameters, env = process.env) {
  const log = values.daemonize ? openSync(join(data, `${name}.log`), 'w') : name === 'redis' ? 'ignore' : 'inherit';
  const child = spawn(command, parameters, { env, detached: true, stdio: ['ignore', log, log] });
  launched.push(child);
  child.once('error', (error) => fail(`${command} cannot be started: ${error.message}`));
  return child;
}

async function until(what, child, ready) {
  for (let waited = 0; waited < 30_000; waited += 50) {
    if (child.exitCode !== null) fail(`${what} ended with code ${child.exitCode}; is its port in use?`);
    const result = await ready();
    if (result) return result;
    await sleep(50);
  }
  return fail(`${what} did not start within 30 s.`);
}

/** Asks whether Redis answers; its own command line tool may not be installed. */
async function redisAnswers() {
  const { createConnection } = await import('node:net');
  return new Promise((done) => {
    const socket = createConnection(redisPort, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (answer) => {
      socket.destroy();
      done(answer.toString().startsWith('+PONG'));
    });
    socket.once('error', () => done(false));
    socket.setTimeout(1000, () => {
      socket.destroy();
      done(false);
    });
  });
}

/** Every port's URL, the one with TLS first; undefined until the application serves. */
async function listeningUrls() {
  // Built by now, or the application would not have started.
  const { listeningUrls: urlsIn } = await import('../apps/reference/dist/listening-line.js');
  const urls = urlsIn(readFileSync(join(data, 'application.log'), 'utf8'));
  const [plain] = urls;
  // They are printed together, the plain one first.
  if (!plain || (values.https && urls.length < 2)) return undefined;
  const answer = await fetch(`${plain}/health`).catch(() => undefined);
  return answer?.ok ? urls.sort((a, b) => Number(b.startsWith('https')) - Number(a.startsWith('https'))) : undefined;
}

/** A process, told by its number and its start: numbers are used again. */
function describe({ pid }) {
  return { pid, started: startOf(pid) };
}

function isOurs(one) {
  return one !== undefined && startOf(one.pid) === one.started && one.started !== '';
}

function startOf(pid) {
  if (existsSync('/proc/self/stat')) return startInProc(pid);
  const { stdout, status } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
}

/** The 22nd field of Linux' own table, in ticks since boot; small systems have no `ps`. A zombie has ended. */
function startInProc(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
    return fields[0] === 'Z' ? '' : fields[19];
  } catch {
    return '';
  }
}

function readProcesses() {
  return existsSync(processFile) ? JSON.parse(readFileSync(processFile, 'utf8')) : undefined;
}

function fail(message) {
  for (const child of launched) child.kill('SIGTERM');
  if (launched.length > 0) rmSync(processFile, { force: true });
  console.error(message);
  process.exit(1);
}
