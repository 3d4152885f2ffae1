import { currentSession } from "./session";

/** Milliseconds that an answer is good for. */
const freshness = 5000;

interface Early<Answer> {
  answer: Promise<Answer>;
  /** The answer, once it is there. */
  come?: Answer;
}

/** Answers to what was asked before anybody wants them: each goes to one who asks the same as the same user, within some seconds. */
export class EarlyAnswers<Answer> {
  private readonly kept = new Map<string, Early<Answer>>();

  put(asked: unknown, answer: Promise<Answer>): void {
    const name = this.nameOf(asked);
    const made: Early<Answer> = { answer };
    this.kept.set(name, made);
    // Whoever asks for it is told of a fault, and otherwise nobody.
    answer.then((come) => (made.come = come)).catch(() => undefined);
    setTimeout(() => this.kept.get(name) === made && this.kept.delete(name), freshness);
  }

  has(asked: unknown): boolean {
    return this.kept.size > 0 && this.kept.has(this.nameOf(asked));
  }

  take(asked: unknown): Promise<Answer> | undefined {
    return this.remove(asked, () => true)?.answer;
  }

  /** The same when it is there: what is drawn first need not wait. */
  takeCome(asked: unknown): Answer | undefined {
    return this.remove(asked, ({ come }) => come !== undefined)?.come;
  }

  private remove(asked: unknown, fits: (early: Early<Answer>) => boolean): Early<Answer> | undefined {
    if (this.kept.size === 0) return undefined;
    const name = this.nameOf(asked);
    const found = this.kept.get(name);
    if (found === undefined || !fits(found)) return undefined;
    this.kept.delete(name);
    return found;
  }

  /** Nobody gets the answer of another. */
  private nameOf(asked: unknown): string {
    return JSON.stringify([asked, currentSession().credential?.header]);
  }
}
