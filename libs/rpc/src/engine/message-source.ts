import { elementStarts, memberStart, scalarText } from './json-scanner.js';
import { exactId, type RpcId } from '../api/rpc-id.js';

/** The text of one message, from which the exact digits of an id are read when `JSON.parse` altered them. */
export class MessageSource {
  private starts: number[] | undefined;

  constructor(readonly text: string) {}

  /** The id of a request; `entry` is its place in a batch, -1 outside. */
  id(entry: number): RpcId | undefined {
    return this.read(memberStart(this.text, this.requestStart(entry), 'id'));
  }

  /** The number `params.id` of a request. */
  paramsId(entry: number): RpcId | undefined {
    const params = memberStart(this.text, this.requestStart(entry), 'params');
    return params === undefined ? undefined : this.read(memberStart(this.text, params, 'id'));
  }

  private requestStart(entry: number): number {
    if (entry < 0) return 0;
    this.starts ??= elementStarts(this.text);
    return this.starts[entry] ?? 0;
  }

  private read(start: number | undefined): RpcId | undefined {
    return start === undefined ? undefined : exactId(scalarText(this.text, start));
  }
}
