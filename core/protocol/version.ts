/** Version of the studio, the tracer and the npm package: one number, checked against package.json by a test. */
export const STUDIO_VERSION = '0.1.0';

/** Version of the wire between tracer and collector. Both come from one release; another number is refused in words. */
export const TARGET_WIRE_VERSION = 1;

/** Version of the recording file. A file with a higher major is refused in words, a lower one is upgraded on reading. */
export const RECORDING_VERSION = 1;
