import { numberAt, textAt, type Cells, type ColumnId } from "./table";

/** Rows that came with one answer: `first` is the place of the first of them in the whole table. */
export interface Block {
  first: number;
  ids: readonly string[];
  /** Tells whether a later answer is about the same rows. */
  digest: string;
  columns: Map<ColumnId, Cells>;
  /** Columns that are there or on their way. */
  asked: Set<ColumnId>;
}

/** What is to be asked next: a block that is not there, or columns of one that is. */
export interface Gap {
  first: number;
  columns: ColumnId[];
  block: Block | null;
}

/**
 * The rows of a table that is larger than what anybody looks at: blocks of `size` rows, of which only those that
 * were in sight are there. Nothing here is kept by row, so a hundred thousand rows cost what is seen of them.
 */
export class RowBlocks {
  private readonly blocks = new Map<number, Block>();
  private readonly asked = new Set<number>();

  /** Until a block comes, `before` shows the same rows as they were. */
  constructor(
    readonly count: number,
    readonly size: number,
    private readonly before: RowBlocks | null = null,
  ) {}

  /** The same without what it fell back upon, which would otherwise never be let go. */
  alone(): RowBlocks {
    const copy = new RowBlocks(this.count, this.size);
    for (const [number, block] of this.blocks) copy.blocks.set(number, block);
    return copy;
  }

  put(block: Block): void {
    this.blocks.set(Math.floor(block.first / this.size), block);
  }

  block(row: number): Block | undefined {
    return this.blocks.get(Math.floor(row / this.size));
  }

  idAt(row: number): string | undefined {
    const block = this.block(row);
    return block ? block.ids[row - block.first] : this.before?.idAt(row);
  }

  textAt(id: ColumnId, row: number): string | undefined {
    const block = this.block(row);
    const cells = block?.columns.get(id);
    return block && cells ? textAt(cells, row - block.first) : this.before?.textAt(id, row);
  }

  numberAt(id: ColumnId, row: number): number | undefined {
    const block = this.block(row);
    const cells = block?.columns.get(id);
    return block && cells ? numberAt(cells, row - block.first) : this.before?.numberAt(id, row);
  }

  has(run: string): boolean {
    for (const block of this.blocks.values()) if (block.ids.includes(run)) return true;
    return false;
  }

  /** Where a run is among the rows that are there; -1 when it is not. */
  rowOf(run: string): number {
    for (const block of this.blocks.values()) {
      const at = block.ids.indexOf(run);
      if (at >= 0) return block.first + at;
    }
    return -1;
  }

  /** What is missing to show `columns` from one row up to before another; each is told once. */
  takeGaps(from: number, to: number, columns: readonly ColumnId[]): Gap[] {
    const gaps: Gap[] = [];
    const last = Math.floor((Math.min(to, this.count) - 1) / this.size);
    for (let number = Math.max(0, Math.floor(from / this.size)); number <= last; number++) {
      const block = this.blocks.get(number);
      if (!block) {
        if (this.asked.has(number)) continue;
        this.asked.add(number);
        gaps.push({ first: number * this.size, columns: [...columns], block: null });
        continue;
      }
      const missing = columns.filter((id) => !block.asked.has(id));
      for (const id of missing) block.asked.add(id);
      if (missing.length > 0) gaps.push({ first: block.first, columns: missing, block });
    }
    return gaps;
  }

  /** The gap could not be filled: it may be asked for again. */
  giveBack(gap: Gap): void {
    if (!gap.block) this.asked.delete(Math.floor(gap.first / this.size));
    else for (const id of gap.columns) gap.block.asked.delete(id);
  }
}
