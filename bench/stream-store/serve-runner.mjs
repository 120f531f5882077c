// What both servers answer the runner.

/** Memory in bytes, after the garbage is gone. */
async function memory() {
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage();
}

export function serveRunner(port, { stored, close }) {
  process.on('message', ({ ask, stream }) => {
    if (ask === 'stored') void Promise.resolve(stored(stream)).then((answer) => process.send({ answer }));
    else if (ask === 'memory') void memory().then(({ rss }) => process.send({ answer: rss }));
    // What is in use: resident memory also has what the allocator keeps of what was freed, which swings by 10 MB.
    else if (ask === 'held')
      void memory().then(({ heapUsed, external }) => process.send({ answer: heapUsed + external }));
    else if (ask === 'cpu') {
      const { user, system } = process.cpuUsage();
      process.send({ answer: user + system });
    } else if (ask === 'close') void Promise.resolve(close()).then(() => process.exit(0));
  });
  process.once('disconnect', () => process.exit(0));
  process.send({ port });
}
