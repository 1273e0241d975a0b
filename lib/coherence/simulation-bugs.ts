import { type Fill, KeyCache } from "@/lib/coherence/key-cache";
import { LEASE_MS, Lease, type Moment } from "@/lib/coherence/lease";
import { type InstanceRow, type Outcome, Propagation } from "@/lib/coherence/propagation";
import { Coherence, type CoherenceParts } from "@/lib/coherence/protocol";
import { type Parts, SOUND } from "@/lib/coherence/simulation-process";

// What one could get wrong, each by itself: the simulation has to find every one of them, or it proves nothing.

class AcknowledgesFirst extends Coherence<number> {
  constructor(
    parts: CoherenceParts<number>,
    private readonly later: (act: () => void) => void,
  ) {
    super(parts);
  }
  override notified(subject: string): void {
    this.later(() => super.notified(subject));
  }
}

class CountsFromTheAnswer extends Lease {
  override granted(): void {
    super.granted(this.begin());
  }
}

class KeepsWhatWasOvertaken extends KeyCache<number> {
  override beginFill(): Fill<number> {
    return {
      put: (...entry) => {
        const fill = super.beginFill();
        fill.put(...entry);
        fill.end();
      },
      end: () => {},
    };
  }
}

class ForgivesALapse extends Lease {
  private isGranting = false;
  override granted(sentAt: Moment): void {
    this.isGranting = true;
    super.granted(sentAt);
    this.isGranting = false;
  }
  protected override ended(): void {
    if (!this.isGranting) super.ended();
  }
}

class ForgetsNothing extends Lease {
  protected override ended(): void {}
}

class WaitsForNobody extends Propagation {
  override committed(change: string, done: (outcome: Outcome) => void): void {
    this.abandoned(change);
    done({ confirmed: true, instances: 0, ms: 0 });
  }
}

class ReadsTooEarly extends Propagation {
  private live: string[] = [];
  override expect(change: string): void {
    super.expect(change);
    this.look();
  }
  override instancesRead(read: number, rows: InstanceRow[]): void {
    this.live = rows.map(({ id }) => id);
    super.instancesRead(read, rows);
  }
  override committed(change: string, done: (outcome: Outcome) => void): void {
    super.committed(change, done);
    this.reckon(change, this.live);
  }
}

const withBug = (bug: Partial<Parts>): Parts => ({ ...SOUND, ...bug });

/** Each planted bug by the name of what it does. */
export const BUGS: Record<string, Parts> = {
  "acknowledges before it evicts": withBug({ coherence: (parts, later) => new AcknowledgesFirst(parts, later) }),
  "counts the lease from the renewal's answer": withBug({ lease: (clock) => new CountsFromTheAnswer(clock) }),
  "keeps a fill that was overtaken": withBug({ cache: (lease, max) => new KeepsWhatWasOvertaken(lease, { max }) }),
  "keeps what it knew over a lapse of the lease": withBug({ lease: (clock) => new ForgivesALapse(clock) }),
  "keeps what it knew over a lost connection": withBug({ lease: (clock) => new ForgetsNothing(clock) }),
  "does not wait for acknowledgements": withBug({
    propagation: ({ monotonic }, port) => new WaitsForNobody(monotonic, port),
  }),
  "reads the instances before the COMMIT": withBug({
    propagation: ({ monotonic }, port) => new ReadsTooEarly(monotonic, port),
  }),
  "leaves no margin for clocks that go at different rates": withBug({ lease: (clock) => new Lease(clock, LEASE_MS) }),
  "holds a lease by the monotonic clock alone": withBug({
    lease: ({ monotonic }) => new Lease({ monotonic, wall: monotonic }),
  }),
  "holds a lease by the wall clock alone": withBug({ lease: ({ wall }) => new Lease({ monotonic: wall, wall }) }),
  "waits for the end of a lease by the wall clock": withBug({
    propagation: ({ wall }, port) => new Propagation(wall, port),
  }),
  "fences by deleting the row": withBug({ fencing: "delete" }),
  "answers at once when the change was made already": withBug({ marksRepeats: false }),
};
