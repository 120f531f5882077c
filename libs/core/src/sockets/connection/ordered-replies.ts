/** Fills a place in the order. */
export type Fill<Reply> = (reply: Reply) => void;

/**
 * Brings replies into the order in which their places were taken, whenever the work of each ends.
 *
 * @typeParam Reply what fills a place
 */
export class OrderedReplies<Reply> {
  private readonly places: { reply?: { readonly value: Reply } }[] = [];

  /** @param send sends the replies that are due, in order; called once for all that one reply sets free */
  constructor(private readonly send: (replies: readonly Reply[]) => void) {}

  /** Places whose reply is not sent yet. */
  get size(): number {
    return this.places.length;
  }

  /** Takes the next place; its reply is sent once every place before it has had one. */
  claim(): Fill<Reply> {
    const place: { reply?: { readonly value: Reply } } = {};
    this.places.push(place);
    return (value) => {
      place.reply = { value };
      this.flush();
    };
  }

  /** Replies to something that needed no time, behind what waits. */
  now(reply: Reply): void {
    if (this.places.length === 0) this.send([reply]);
    else this.claim()(reply);
  }

  private flush(): void {
    const due: Reply[] = [];
    for (const { reply } of this.places) {
      if (!reply) break;
      due.push(reply.value);
    }
    if (due.length === 0) return;
    this.places.splice(0, due.length);
    this.send(due);
  }
}
