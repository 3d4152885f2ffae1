/** Runs a few tasks at a time, in the order in which they are asked for. */
export class Queue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly most: number) {}

  /** Throws what the task throws; one whose signal is aborted while it waits is never begun. */
  async run<Result>(task: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    if (this.running >= this.most) await new Promise<void>((go) => this.waiting.push(go));
    else this.running++;
    try {
      signal?.throwIfAborted();
      return await task();
    } finally {
      // The place is handed on, or free again.
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}
