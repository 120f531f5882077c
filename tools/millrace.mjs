// Runs the command millrace of this checkout: npm run --silent millrace -- <arguments>
import { existsSync } from 'node:fs';

const program = new URL('../libs/cli/dist/bin/millrace.js', import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  console.error('The command is not built yet: npm run build');
  process.exitCode = 1;
}
