/** Brings acks into the order in which their frames came, whatever the order in which they were stored. */
export class AckQueue {
  private readonly waiting: { texts: readonly string[] | undefined }[] = [];

  constructor(private readonly send: (texts: readonly string[]) => void) {}

  /** Takes the next place in the order; the answer fills it. */
  claim(): (texts: readonly string[]) => void {
    const place: { texts: readonly string[] | undefined } = { texts: undefined };
    this.waiting.push(place);
    return (texts) => {
      place.texts = texts;
      this.flush();
    };
  }

  private flush(): void {
    let ready = 0;
    while (this.waiting[ready]?.texts) ready += 1;
    if (ready === 0) return;
    const due = this.waiting.splice(0, ready).flatMap(({ texts }) => texts ?? []);
    if (due.length > 0) this.send(due);
  }
}
