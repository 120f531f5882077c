// Finds or installs what the tests need beside Node: a Redis server, Chromium, and Debian's own Python with websockets
// and grpcio for foreign peers. Where it cannot, it fails and says what to install.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const onPath = (name) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(existsSync);
/** A program named by a variable is used as it is, so it must be there. */
const named = (variable) => (existsSync(process.env[variable]) ? process.env[variable] : onPath(process.env[variable]));
const runs = (command, ...parameters) => spawnSync(command, parameters, { stdio: 'ignore' }).status === 0;

const NEEDS = [
  {
    what: 'a Redis server',
    variable: 'REDIS_SERVER',
    packages: ['redis-server'],
    found: () => (process.env.REDIS_SERVER ? named('REDIS_SERVER') : onPath('redis-server')),
  },
  {
    what: 'Chromium',
    variable: 'CHROMIUM',
    packages: ['chromium'],
    found: () =>
      process.env.CHROMIUM
        ? named('CHROMIUM')
        : (onPath('chromium') ?? onPath('chromium-browser') ?? onPath('google-chrome')),
  },
  {
    what: "Debian's Python with the packages websockets and grpcio",
    variable: 'PYTHON',
    packages: ['python3', 'python3-websockets', 'python3-grpcio'],
    found: () => {
      const python = process.env.PYTHON ?? '/usr/bin/python3';
      return existsSync(python) && runs(python, '-c', 'import websockets, grpc') ? python : undefined;
    },
  },
];

const missing = NEEDS.filter(({ found }) => !found());
if (missing.length > 0) install(missing.flatMap(({ packages }) => packages));
const still = NEEDS.filter(({ found }) => !found());
if (still.length > 0) {
  for (const { what, variable, packages } of still) {
    console.error(
      `The tests need ${what}. Install it (Debian: apt-get install ${packages.join(' ')}), or name it in ${variable}.`,
    );
  }
  process.exit(1);
}

// The tests of packages and of the application run what was built.
if (spawnSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 2, 2] }).status !== 0) process.exit(1);

function install(packages) {
  if (process.getuid?.() !== 0 || !onPath('apt-get')) return;
  console.error(`Installing ${packages.join(', ')} …`);
  const apt = (...parameters) =>
    spawnSync('apt-get', parameters, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  apt('update');
  // A server that the system starts by itself would only be in the way of those the tests start.
  apt('install', '-y', '--no-install-recommends', ...packages);
  if (packages.includes('redis-server')) spawnSync('service', ['redis-server', 'stop'], { stdio: 'ignore' });
}
