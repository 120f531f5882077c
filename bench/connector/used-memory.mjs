/** Bytes in use by this process, after what can be collected was. */
export async function usedMemory() {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { heapUsed, external } = process.memoryUsage();
  return { used: heapUsed + external, resident: process.memoryUsage.rss() };
}
