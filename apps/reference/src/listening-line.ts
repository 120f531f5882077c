const WORDS = 'Millrace is listening on';

/** What a program waits for that has started the application: one line for each port, once all of them are open. */
export function listeningLine(url: string): string {
  return `${WORDS} ${url}`;
}

const LINES = new RegExp(`^(?:\\{.*"message":")?${WORDS} ([^\\s"]+).*\\n`, 'gm');

/** The URLs of those lines in what the application has printed so far, as text or as the JSON of production. */
export function listeningUrls(output: string): string[] {
  return [...output.matchAll(LINES)].flatMap(([, url]) => url ?? []);
}
