/** A refusal of the server (RFC 9457), or its silence, as one kind of error. */

/** One thing that is wrong, at one place. */
interface Part {
  where: string;
  expected: string;
  got: string;
  remedy: string;
}

export interface ProblemFields extends Part {
  title: string;
  status: number;
  detail: string;
  /** Each wrong field, where there are several. */
  errors: Part[];
}

const SILENT = "The server does not answer";

export class Problem extends Error implements ProblemFields {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly expected: string;
  readonly got: string;
  readonly remedy: string;
  readonly where: string;
  readonly errors: Part[];

  constructor(fields: Partial<ProblemFields>) {
    super(fields.detail ?? fields.title ?? "");
    this.title = fields.title ?? "The request cannot be carried out";
    this.status = fields.status ?? 0;
    this.detail = fields.detail ?? "";
    this.expected = fields.expected ?? "";
    this.got = fields.got ?? "";
    this.remedy = fields.remedy ?? "";
    this.where = fields.where ?? "";
    this.errors = fields.errors ?? [];
  }

  /** What happened, why, what to do: in that order. */
  get sentence(): string {
    return this.expected ? sentenceOf(this) : [this.detail || this.title, this.remedy].filter(Boolean).join(" ");
  }

  /** A sentence for each place that is wrong. */
  get parts(): { where: string; sentence: string }[] {
    const parts: Part[] = this.errors.length ? this.errors : [this];
    return parts.map((part) => ({ where: part.where, sentence: sentenceOf(part) }));
  }

  /** No answer came. */
  get unreachable(): boolean {
    return this.title === SILENT;
  }

  static silence(): Problem {
    return new Problem({
      title: SILENT,
      detail: "The server does not answer.",
      remedy: "Check that it still runs where you started it.",
    });
  }

  static async from(response: Response): Promise<Problem> {
    try {
      return new Problem({ ...(await response.json()), status: response.status });
    } catch {
      // Not from our server: a proxy in between answers in HTML.
      return new Problem({
        status: response.status,
        detail: `The server answers with status ${response.status}.`,
        remedy: "Try again; if it stays, look at the server's own output.",
      });
    }
  }
}

function sentenceOf({ expected, got, remedy }: Part): string {
  return [expected, got && `You gave ${got}.`, remedy].filter(Boolean).join(" ");
}
