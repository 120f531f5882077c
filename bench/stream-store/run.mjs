// Runs every scenario on the bare reference and on Millrace in turn, and prints a Markdown table.
//   npm run bench:stream-store -- [--only=push,pull] [--match='1 KiB'] [--rounds=3] [--write]
// With --write the table also becomes the section on streams of bench/RESULTS.md.
import { parseArgs } from 'node:util';
import { checkRatios, machine, writeResults } from '../results.mjs';
import { Load, Server } from './processes.mjs';
import { SCENARIOS } from './scenarios.mjs';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string' },
    match: { type: 'string' },
    write: { type: 'boolean' },
  },
});
const only = values.only?.split(',');
const chosen = SCENARIOS.filter(
  ({ group, title }) => (!only || only.includes(group)) && (!values.match || title.includes(values.match)),
);
const KINDS = ['bare', 'millrace'];

const number = (value) => (value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en-US'));

const measured = new Map();
const ratios = {};

function verdict({ target, below, lower, times }, bare, ours) {
  const ratio = lower ? bare / ours : ours / bare;
  const one = times && measured.get(times.title);
  if (one)
    return {
      ratio: ratio.toFixed(2),
      goal: `${times.factor.toFixed(1)} x bare on 1 conn`,
      met: ours >= times.factor * one ? 'yes' : 'no',
    };
  const goal = target !== undefined ? `at least ${target}` : below !== undefined ? `below ${number(below)}` : '';
  const met = target !== undefined ? ratio >= target : below !== undefined ? ours < below : undefined;
  return { ratio: ratio.toFixed(2), goal, met: met === undefined ? '' : met ? 'yes' : 'no' };
}

async function measure(scenario) {
  const load = await Load.start();
  const servers = [];
  for (const kind of KINDS) servers.push(await Server.start(kind));
  const best = new Map();
  try {
    const prepared = [];
    for (const server of servers) prepared.push(await scenario.prepare?.(server, load));
    const rounds = Number(values.rounds ?? scenario.rounds ?? 3);
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, server] of servers.entries()) {
        const value = await scenario.run(server, load, prepared[index]);
        const known = best.get(server.kind);
        const better = known === undefined || (scenario.lower ? value < known : value > known);
        if (better) best.set(server.kind, value);
      }
    }
  } finally {
    load.stop();
    await Promise.all(servers.map((server) => server.stop()));
  }
  return KINDS.map((kind) => best.get(kind));
}

const lines = [];
const print = (line) => {
  console.log(line);
  lines.push(line);
};

print(machine());
print('');
print('| what | unit | bare `ws` + LMDB | Millrace | ratio | target | met |');
print('|---|---|---:|---:|---:|---|---|');
for (const scenario of chosen) {
  const [bare, ours] = await measure(scenario);
  const { ratio, goal, met } = verdict(scenario, bare, ours);
  measured.set(scenario.title, bare);
  ratios[scenario.title] = scenario.lower ? bare / ours : ours / bare;
  print(`| ${scenario.title} | ${scenario.unit} | ${number(bare)} | ${number(ours)} | ${ratio} | ${goal} | ${met} |`);
}
checkRatios('Stream store', ratios, values);
if (values.write) {
  const made = 'Made by `npm run bench:stream-store -- --write`; see `bench/README.md` for what is measured and how.';
  writeResults('Stream store', `${made}\n\n${lines.join('\n')}`);
}
