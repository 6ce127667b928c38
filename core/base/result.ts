/** An expected failure is a value: the caller must look at it, and the user gets `message`. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** A failure in words for the user: what happened, where, and what to do about it. */
export interface Problem {
  /** Stable word for code and tests, such as `script-not-found`. */
  readonly code: string;
  /** One sentence: what, and where. */
  readonly message: string;
  /** One sentence: what the user can do. */
  readonly remedy?: string;
}

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

export function problem<T>(code: string, message: string, remedy?: string): Result<T> {
  return { ok: false, problem: remedy === undefined ? { code, message } : { code, message, remedy } };
}

/** Both sentences of a problem; texts of others (of a parser, of the system) end without a full stop. */
export function problemInWords({ message, remedy }: { readonly message: string; readonly remedy?: string | undefined }): string {
  if (remedy === undefined) return message;
  return `${message}${/[.!?:]["”')\]]*$/.test(message) ? '' : '.'} ${remedy}`;
}

/** A `Problem` that travels as an exception, where a `Result` cannot be returned (streams, RPC). */
export class ProblemError extends Error {
  readonly code: string;
  readonly remedy: string | undefined;
  constructor(problem: Problem) {
    super(problem.message);
    this.name = 'ProblemError';
    this.code = problem.code;
    this.remedy = problem.remedy;
  }
}
