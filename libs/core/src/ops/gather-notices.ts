import { type Notice, type NoticeLevel, type PartNotice, thrownText, withDeadline } from '@millrace/protocol';
import type { HealthReport, OperationsPart } from './operations-part.js';

/** How long one part may take to say what is the matter, in milliseconds. */
const DEADLINE = 3000;

const RANK: Readonly<Record<NoticeLevel, number>> = { error: 0, warning: 1, info: 2 };

/**
 * What is wrong or unsafe in all parts, the worst first: what they say themselves, and a health that is not `up`, where the part
 * says nothing of that weight.
 *
 * @param healthOf the health of a part, which never throws
 */
export async function gatherNotices(
  parts: readonly OperationsPart[],
  healthOf: (part: OperationsPart) => Promise<HealthReport>,
): Promise<PartNotice[]> {
  const found = await Promise.all(parts.map((part) => noticesOf(part, healthOf)));
  const known = new Map<string, PartNotice>();
  for (const notice of found.flat()) known.set(`${notice.code}\0${notice.text}`, notice);
  return [...known.values()].sort((one, other) => RANK[one.level] - RANK[other.level]);
}

async function noticesOf(
  part: OperationsPart,
  healthOf: (part: OperationsPart) => Promise<HealthReport>,
): Promise<PartNotice[]> {
  const { name } = part;
  const late = (): Error => new Error(`no answer within ${DEADLINE} ms`);
  const down = (error: unknown): HealthReport => ({ status: 'down', details: { message: thrownText(error) } });
  const [own, health] = await Promise.all([
    withDeadline(ownNotices(part), DEADLINE, late).catch((error: unknown) => [unreadable(name, error)]),
    part.health && withDeadline(healthOf(part), DEADLINE, late).catch(down),
  ]);
  const unwell = health && ofHealth(name, health);
  const isSaid = unwell && own.some(({ level }) => RANK[level] <= RANK[unwell.level]);
  return [...own, ...(unwell && !isSaid ? [unwell] : [])].map((notice) => ({ part: name, ...notice }));
}

async function ownNotices(part: OperationsPart): Promise<readonly Notice[]> {
  return (await part.notices?.()) ?? [];
}

function ofHealth(name: string, { status, details }: HealthReport): Notice | undefined {
  if (status === 'up') return undefined;
  const { message } = details ?? {};
  const why = typeof message === 'string' ? `: ${message}` : '';
  const remedy = `Look at the health of "${name}", which has the details, and at the log of the server`;
  return status === 'down'
    ? { code: 'PART_DOWN', level: 'error', text: `"${name}" is down${why}`, remedy }
    : { code: 'PART_DEGRADED', level: 'warning', text: `"${name}" works, but not as it should${why}`, remedy };
}

function unreadable(name: string, error: unknown): Notice {
  return {
    code: 'NOTICES_UNREADABLE',
    level: 'warning',
    text: `"${name}" could not say whether something is the matter: ${thrownText(error)}`,
    remedy: 'Look at the log of the server; it is asked again by itself',
  };
}
