/** What an HTML report carries beside its own code, and where in the page it stands. */

/** Base64 of the recording, compressed with gzip: the text of the script element with this id. */
export const REPORT_RECORDING_ID = 'trace-studio-recording';
/** JSON of a ReportAbout. */
export const REPORT_ABOUT_ID = 'trace-studio-about';
/** In the template: in its place come both. */
export const REPORT_PLACE = '<!--TRACE-->';

/** Statistics of slices of one name, in nanoseconds. */
export interface ReportStatistics {
  readonly name: string;
  readonly count: number;
  readonly totalNs: number;
  readonly selfNs: number;
  readonly minNs: number;
  readonly maxNs: number;
  readonly meanNs: number;
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly p99Ns: number;
}

export interface ReportAbout {
  readonly title: string;
  /** As they were when the report was written, by total. */
  readonly statistics: readonly ReportStatistics[];
  /** What of the trace is not in the report, in words. */
  readonly notes: readonly string[];
}
