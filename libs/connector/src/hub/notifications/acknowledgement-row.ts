/** The place of one acknowledgement in its row. */
export interface AcknowledgementPlace {
  /** The answer: undefined is the plain `{"status":200}`. */
  answer: string | undefined;
  ready: boolean;
}

/**
 * Sends acknowledgements in the order in which the messages came, whenever their work ends (connector§5.2): they
 * carry no identifier, so the order is all a connector has.
 */
export class AcknowledgementRow {
  private readonly places: AcknowledgementPlace[] = [];

  /** @param send sends one answer; undefined is the plain acknowledgement */
  constructor(private readonly send: (answer: string | undefined) => void) {}

  get size(): number {
    return this.places.length;
  }

  /** Takes the next place. */
  reserve(): AcknowledgementPlace {
    const place: AcknowledgementPlace = { answer: undefined, ready: false };
    this.places.push(place);
    return place;
  }

  /** The work of a place has ended; sends everything that is due. */
  done(place: AcknowledgementPlace, answer?: string): void {
    place.answer = answer;
    place.ready = true;
    while (this.places[0]?.ready) this.send(this.places.shift()?.answer);
  }

  /** Acknowledges something that needed no time. */
  now(): void {
    if (this.places.length === 0) this.send(undefined);
    else this.done(this.reserve());
  }
}
