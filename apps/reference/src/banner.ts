import { announce } from './config/logger.js';
import type { Settings } from './config/settings.js';
import type { OpenPort } from './listeners/listeners.js';
import { listeningLine } from './listening-line.js';

/** Tells a person where things are and what to try first; the lines for programs come last, one for each port. */
export function printBanner(url: string, ports: readonly OpenPort[], settings: Settings): void {
  // The log of production is for programs: a banner in it would not be JSON.
  if (!settings.production) console.log(bannerOf(url, ports, settings));
  else for (const line of openLines(settings)) announce(line, settings);
  for (const one of [url, ...ports.map((port) => port.url)]) announce(listeningLine(one), settings);
}

function bannerOf(url: string, ports: readonly OpenPort[], settings: Settings): string {
  const {
    exposed,
    demo,
    store,
    dataDirectory,
    metrics,
    console: consoleAccess,
    redis,
    jwtSecret,
    jwtKeyFile,
  } = settings;
  return [
    '',
    `  Millrace, ${store === 'embedded' ? `streams in ${dataDirectory}` : `streams in ${store}`}`,
    '',
    ...(consoleAccess === 'off' ? [] : [`  Console            ${url}/console/`]),
    `  Health, metrics    ${url}/health${metrics === 'off' ? '' : `  ${url}/metrics`}`,
    ...openLines(settings).map((line) => `  ${line}`),
    ...(redis && !jwtSecret && !jwtKeyFile ? OWN_TOKENS : []),
    ...ports.map(
      (port) => `  Also gRPC, HTTP/2  ${port.url}${port.authority ? `  (authority to trust: ${port.authority})` : ''}`,
    ),
    ...(exposed ? EXPOSED : []),
    ...firstSteps(url, demo),
    '',
  ].join('\n');
}

function openLines({ publicAreas, metrics, console: consoleAccess }: Settings): string[] {
  const open = [
    ...publicAreas,
    ...(metrics === 'open' ? ['metrics'] : []),
    ...(consoleAccess === 'open' ? ['documents of the API'] : []),
  ];
  return open.length > 0 ? [`Open to everybody  ${open.join(', ')}`] : [];
}

const OWN_TOKENS = [
  '  Tokens             of the instances with this data folder only; MILLRACE_JWT_SECRET is the same for all on one Redis',
];

const EXPOSED = [
  '',
  '  WARNING            This server is in development and reached from other machines: everybody there may log in',
  '                     under any name, and read, change and delete everything. NODE_ENV=production ends that.',
];

function firstSteps(url: string, demo: boolean): string[] {
  return [
    '',
    '  Three commands to try (user and password are the same in development):',
    '',
    `  TOKEN=$(curl -s -d 'username=me&password=me' ${url}/token | node -pe 'JSON.parse(require("fs").readFileSync(0)).access_token')`,
    `  curl -s -H "Authorization: Bearer $TOKEN" -F entries=@README.md ${url}/data/hello`,
    `  curl -s -H "Authorization: Bearer $TOKEN" '${url}/data/${demo ? 'demo:sensor' : 'hello'}?count=3'`,
  ];
}
