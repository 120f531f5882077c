import { StoreFullError } from '../../../api/store.errors.js';
import type { FilePages } from './file-pages.js';
import type { HeldFile } from './held-file.js';
import { Reuse } from './reuse.js';
import { FULL_PIECE, pieceWithin, REMOVAL_PATHS, type RemovalPiece, type WriteCost } from './write-cost.js';

/** What a write is for: the less it grows the store, the more of the headroom it may use. */
export type RoomUse = 'entries' | 'state' | 'removal';

/**
 * The part of the headroom that a write must leave when it finds its place in unused pages, as far as can be told. The same
 * for all: what one kind might take of it by error must not be what another would need once there is room again.
 */
const LEAVES = 1 / 8;
/** The same for state, which may use some of the headroom for good: a few records must fit before anything was removed. */
const LEAVES_FOR_GOOD = 1 / 2;
/** From this part of the headroom on an entry is large. */
const LARGE = 1 / 8;

const MIB = 1024 * 1024;
/** With so much room on the disk beyond what is under way, a look at it before each commit is enough. */
const PLENTY = 1024 * MIB;
/** What is held in the file even then, while nothing is written: others may fill the disk in a moment. */
const LEAST_HELD = MIB;

interface RoomSettings {
  /** Bytes on the disk that entries leave free. */
  readonly reserve: number;
  /** Bytes held in the data file, behind what LMDB uses. */
  readonly headroom: number;
}

interface Proof {
  /** Bytes that the write needs at the most. */
  readonly claim: number;
  /** Where the file ended when the write was let go on in unused pages. */
  readonly reusedFrom?: number;
}

/** What the room has to know of its surroundings. */
export interface RoomStorage {
  readonly file: HeldFile;
  isOpen(): boolean;
  /** Bytes that the disk has free. */
  freeBytes(): number;
  pages(): FilePages;
  /** Bytes of unused pages in the file. */
  unusedBytes(): number;
  /** Does something while no commit is being written. */
  whileQuiet(work: () => void): void;
}

/**
 * Proves before each write that the disk has room for it: LMDB damages its memory when it meets a full disk. While there is
 * plenty, a look at the disk is the proof. Otherwise what a write may take is held in the data file itself before: zeros
 * behind the last page of LMDB, which is where new pages go. The part of them that is always held, the headroom, is for
 * what makes room while the disk is full, and for entries that find their place in pages that were made free.
 */
export class Room {
  /** The most that the writes under way may take. */
  private claimed = 0;
  /** Free bytes of the disk, once they were looked at in this turn of the event loop. */
  private seen: number | undefined;
  /** Where the search for holes goes on; undefined when it is done. */
  private holesFrom: number | undefined = 0;
  /** Whether the last writes found plenty of room. */
  private ample = false;
  /** Writes refused since the last look. */
  private refused = 0;
  /** Places in the trees that this turn writes to: it is one transaction, which copies the way to each once. */
  private readonly places = new Set<object>();
  private isNewTurn = true;
  private readonly reuse = new Reuse();
  /** Bytes of one path, as of the last look. */
  private path: number;

  constructor(
    private readonly storage: RoomStorage,
    private readonly settings: RoomSettings,
  ) {
    this.path = storage.pages().path;
  }

  /** Whether the disk is so full that removed pages are worth a commit to become usable. */
  get isScarce(): boolean {
    return !this.ample;
  }

  /** Whether no write has a claim. */
  get isFree(): boolean {
    return this.claimed === 0;
  }

  /** How much one removal may take away. */
  get piece(): RemovalPiece {
    if (this.ample) return FULL_PIECE;
    const { end, path, overhead } = this.storage.pages();
    return pieceWithin(this.storage.file.size - end - this.claimed - overhead - REMOVAL_PATHS * path);
  }

  /**
   * Claims room for a write; to be called before anything of it is done.
   *
   * @param place where it writes, when all of it goes to one place
   * @returns gives the claim back, once the write has ended either way
   * @throws StoreFullError when the disk may not have the room
   */
  claim({ bytes, paths }: WriteCost, use: RoomUse, place?: object): () => void {
    this.beginTurn();
    const ways = place && this.places.has(place) ? 0 : paths;
    const claim = bytes + ways * this.path;
    this.ample = this.freeBytes() - this.settings.reserve - this.claimed - claim > PLENTY;
    const proof = this.ample ? { claim } : this.prove(bytes, ways, use);
    if (place) this.places.add(place);
    this.claimed += proof.claim;
    return () => {
      this.claimed -= proof.claim;
      if (proof.reusedFrom !== undefined) this.learn(bytes, proof.reusedFrom);
    };
  }

  /**
   * Looks at the disk, which others may have filled or emptied, and holds the headroom where that is due.
   *
   * @returns whether writes were refused since the last look
   */
  look(): boolean {
    this.beginTurn();
    const free = this.freeBytes();
    this.ample = free - this.settings.reserve - this.claimed > PLENTY;
    if (!this.ample) this.fillHoles();
    if (!this.ample || this.isFree) {
      const pages = this.storage.pages();
      const headroom = this.ample ? Math.min(LEAST_HELD, this.settings.headroom) : this.settings.headroom;
      this.path = pages.path;
      this.hold(pages, this.claimed + pages.overhead + headroom, free);
    }
    const wasRefused = this.refused > 0;
    this.refused = 0;
    return wasRefused;
  }

  /** Holds what a write needs in the file, where the disk has it. */
  private prove(bytes: number, ways: number, use: RoomUse): Proof {
    const { reserve, headroom } = this.settings;
    const pages = this.storage.pages();
    this.path = pages.path;
    const claim = bytes + ways * this.path;
    const need = this.claimed + claim + pages.overhead;
    const spare = this.freeBytes() - (use === 'entries' ? reserve : 0);
    const left = this.hold(pages, need + headroom, spare) - need;
    if (left >= headroom) {
      this.reuse.forget();
      return { claim };
    }
    // The disk is full. What finds its place in unused pages takes nothing of the headroom, which stands for it until then.
    if (use === 'removal' ? left >= 0 : use === 'state' && left >= headroom * LEAVES_FOR_GOOD) return { claim };
    if (use !== 'removal' && left >= headroom * LEAVES) {
      const needed = claim > headroom * LARGE ? need + claim : need;
      if (this.reuse.mayFit(bytes, needed, this.storage.unusedBytes())) return { claim, reusedFrom: pages.end };
    }
    this.refused += 1;
    throw new StoreFullError(
      `The disk is full: a write may need ${inKib(claim)}, ${inKib(this.freeBytes())} are free, ` +
        `of which ${inKib(reserve)} are kept in reserve. Delete streams, lower their retention, or free the disk`,
    );
  }

  private learn(bytes: number, from: number): void {
    if (this.storage.isOpen()) this.reuse.ended(bytes, this.storage.pages().end - from, this.storage.unusedBytes());
  }

  /** Sees to it that bytes are held behind the end of what LMDB uses. @returns the bytes that are held */
  private hold({ end, overhead }: FilePages, wanted: number, spare: number): number {
    const { file } = this.storage;
    const { size } = file;
    const lack = end + wanted - size;
    if (lack <= 0 || spare <= 0) return size - end;
    // A little more, so that not every write comes here.
    const target = size + Math.min(lack + Math.min(MIB, this.settings.headroom / 4), spare);
    // LMDB may be writing where nothing is held yet.
    if (this.claimed > 0 && size < end + this.claimed + overhead) this.storage.whileQuiet(() => file.grow(target));
    else file.grow(target);
    this.seen = undefined;
    return file.size - end;
  }

  private fillHoles(): void {
    const from = this.holesFrom;
    if (from === undefined || !this.storage.file.mayHaveHoles) return;
    this.storage.whileQuiet(() => {
      this.holesFrom = this.storage.file.fillHoles(from, HOLES_STEP, this.storage.pages().pageSize);
    });
    this.seen = undefined;
  }

  private beginTurn(): void {
    if (!this.isNewTurn) return;
    this.isNewTurn = false;
    this.seen = undefined;
    setImmediate(() => {
      this.isNewTurn = true;
      this.places.clear();
    });
  }

  /** Looked at once in a turn, and again after some of it was taken. */
  private freeBytes(): number {
    return (this.seen ??= this.storage.freeBytes());
  }
}

/** Bytes that one look at the disk reads in search of holes. */
const HOLES_STEP = 16 * MIB;

const inKib = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`;
