/** Numbers of the fields of Perfetto's trace format that are read or written (protos/perfetto/trace). */
export const Trace = { PACKET: 1 } as const;

export const Packet = {
  CLOCK_SNAPSHOT: 6,
  TIMESTAMP: 8,
  SEQUENCE_ID: 10,
  TRACK_EVENT: 11,
  INTERNED_DATA: 12,
  SEQUENCE_FLAGS: 13,
  STATE_CLEARED: 41,
  PREVIOUS_DROPPED: 42,
  PROCESS_DESCRIPTOR: 43,
  THREAD_DESCRIPTOR: 44,
  COMPRESSED_PACKETS: 50,
  TIMESTAMP_CLOCK: 58,
  DEFAULTS: 59,
  TRACK_DESCRIPTOR: 60,
} as const;

/** Bits of SEQUENCE_FLAGS. */
export const SequenceFlag = { CLEARED: 1, NEEDS_STATE: 2 } as const;

export const Defaults = { TRACK_EVENT: 11, TIMESTAMP_CLOCK: 58 } as const;

export const Event = {
  TIMESTAMP_DELTA_US: 1,
  CATEGORY_IIDS: 3,
  DEBUG_ANNOTATIONS: 4,
  LEGACY: 6,
  TYPE: 9,
  NAME_IID: 10,
  TRACK_UUID: 11,
  EXTRA_COUNTER_VALUES: 12,
  TIMESTAMP_ABSOLUTE_US: 16,
  CATEGORIES: 22,
  NAME: 23,
  COUNTER_VALUE: 30,
  EXTRA_COUNTER_TRACKS: 31,
  SOURCE_LOCATION: 33,
  SOURCE_LOCATION_IID: 34,
  FLOW_IDS_OLD: 36,
  TERMINATING_FLOW_IDS_OLD: 42,
  DOUBLE_COUNTER_VALUE: 44,
  EXTRA_DOUBLE_COUNTER_TRACKS: 45,
  EXTRA_DOUBLE_COUNTER_VALUES: 46,
  FLOW_IDS: 47,
  TERMINATING_FLOW_IDS: 48,
} as const;

export const EventType = { SLICE_BEGIN: 1, SLICE_END: 2, INSTANT: 3, COUNTER: 4 } as const;

export const Legacy = {
  NAME_IID: 1,
  PHASE: 2,
  DURATION_US: 3,
  UNSCOPED_ID: 6,
  ID_SCOPE: 7,
  LOCAL_ID: 10,
  GLOBAL_ID: 11,
  BIND_TO_ENCLOSING: 12,
  INSTANT_SCOPE: 14,
} as const;

export const Interned = { CATEGORIES: 1, NAMES: 2, ANNOTATION_NAMES: 3, SOURCE_LOCATIONS: 4, STRING_VALUES: 29 } as const;
/** Of an entry: its id, and its text. */
export const Entry = { IID: 1, TEXT: 2 } as const;
export const Location = { IID: 1, FILE: 2, FUNCTION: 3, LINE: 4 } as const;

export const Annotation = {
  NAME_IID: 1,
  BOOL: 2,
  UINT: 3,
  INT: 4,
  DOUBLE: 5,
  STRING: 6,
  POINTER: 7,
  NESTED: 8,
  JSON: 9,
  NAME: 10,
  DICT_ENTRIES: 11,
  ARRAY_VALUES: 12,
  STRING_IID: 17,
} as const;

export const Track = {
  UUID: 1,
  NAME: 2,
  PROCESS: 3,
  THREAD: 4,
  PARENT_UUID: 5,
  COUNTER: 8,
  STATIC_NAME: 10,
  SORT_RANK: 12,
  ATRACE_NAME: 13,
} as const;
export const ProcessDescriptor = { PID: 1, CMDLINE: 2, SORT_INDEX: 3, NAME: 6, LABELS: 8 } as const;
export const ThreadDescriptor = { PID: 1, TID: 2, SORT_INDEX: 3, NAME: 5, REFERENCE_US: 6 } as const;
export const Counter = { UNIT_MULTIPLIER: 4, IS_INCREMENTAL: 5, UNIT_NAME: 6 } as const;

export const ClockSnapshot = { CLOCKS: 1 } as const;
export const Clock = { ID: 1, TIMESTAMP: 2, IS_INCREMENTAL: 3, UNIT_MULTIPLIER: 4 } as const;
export const ClockId = { REALTIME: 1, MONOTONIC: 3, BOOTTIME: 6, FIRST_OF_SEQUENCE: 64, BEHIND_SEQUENCE: 128 } as const;
