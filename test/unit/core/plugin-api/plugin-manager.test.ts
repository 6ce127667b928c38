import { describe, expect, it } from 'vitest';
import type { PluginEnvironment } from '../../../../core/plugin-api/plugin-environment.ts';
import { PluginManager } from '../../../../core/plugin-api/plugin-manager.ts';
import type { TraceData } from '../../../../core/plugin-api/trace-data.ts';
import { type PluginPayload, VizPluginBase } from '../../../../core/plugin-api/viz-plugin-base.ts';
import type { PluginState } from '../../../../core/protocol/plugins.ts';

type Answer = (when: string) => unknown;

interface World {
  readonly environment: PluginEnvironment;
  readonly log: string[];
  readonly told: string[];
  readonly states: PluginState[];
}

/** Modules by name; there are no time limits. */
function world(modules: Readonly<Record<string, unknown>> = {}): World {
  const [log, told, states]: [string[], string[], PluginState[]] = [[], [], []];
  let time = 0;
  const environment: PluginEnvironment = {
    version: '1.1.1',
    now: () => time++,
    find: ({ spec }) => `/${spec}`,
    load: (file) => {
      log.push(`load ${file}`);
      return modules[file.slice(1)];
    },
    call: (_limit, _index, run) => run(),
    settle: (_limit, _index, promise) => Promise.resolve(promise),
    copy: (data) => {
      const kept = structuredClone(data);
      return () => structuredClone(kept);
    },
    changed: (state) => states.push(state),
    tell: (line) => told.push(line),
  };
  return { environment, log, told, states };
}

/** Logs each message, and answers it with what `answer` gives for it. */
function plugin(log: string[], name: string, answer: Answer = () => ({ success: true })): VizPluginBase {
  return new (class Logging extends VizPluginBase {
    override support_version(): string {
      return '1.1.1';
    }
    override message(_type: string, payload: PluginPayload): never {
      const when = payload.when ?? payload.cmd_type ?? '';
      log.push(`${name} ${when}`);
      return answer(when) as never;
    }
  })();
}

const data = (): TraceData => ({ traceEvents: [], viztracer_metadata: {} });
const handling =
  (handler: (given: TraceData) => unknown): Answer =>
  (when) =>
    when === 'pre-save' ? { action: 'handle_data', handler } : { success: true };

describe('what is done at once and what later', () => {
  it('gives no promise where no plugin does', () => {
    const { environment, log } = world();
    const manager = new PluginManager([plugin(log, 'A'), plugin(log, 'B')], environment);
    for (const run of [() => manager.load(), () => manager.preStart(), () => manager.postStop(), () => manager.preSave(data), () => manager.terminate()]) {
      expect(run()).toBeUndefined();
    }
    expect(log).toEqual(['initialize', 'pre-start', 'post-stop', 'pre-save', 'terminate'].flatMap((when) => [`A ${when}`, `B ${when}`]));
  });

  it('keeps the order where one does, also of messages that are sent meanwhile', async () => {
    const { environment, log } = world();
    const slow = plugin(log, 'A', async (when) => {
      await null;
      log.push(`A ${when} is over`);
      return { success: true };
    });
    const manager = new PluginManager([slow, plugin(log, 'B')], environment);
    void manager.load();
    void manager.preStart();
    await manager.terminate();
    expect(log).toEqual(['initialize', 'pre-start', 'terminate'].flatMap((when) => [`A ${when}`, `A ${when} is over`, `B ${when}`]));
  });

  it('sends the rest at once when the process ends, and waits for nobody', () => {
    const { environment, log } = world();
    const never = plugin(log, 'A', (when) => (when === 'post-stop' ? new Promise(() => {}) : { success: true }));
    const manager = new PluginManager([never, plugin(log, 'B')], environment);
    void manager.load();
    expect(manager.postStop()).toBeInstanceOf(Promise);
    void manager.preSave(data);
    expect(log).not.toContain('B post-stop');
    manager.hurry();
    expect(manager.terminate()).toBeUndefined();
    expect(log.slice(2)).toEqual(['A post-stop', 'B post-stop', 'A pre-save', 'B pre-save', 'A terminate', 'B terminate']);
    expect(manager.states[0]?.failures).toEqual([{ during: 'post-stop', message: 'the process ended before its promise was settled' }]);
  });

  it('does not load what had not been loaded when the process ends', () => {
    const { environment, log } = world({ late: new Promise(() => {}) });
    const manager = new PluginManager(['late', 'next'], environment);
    void manager.load();
    manager.hurry();
    void manager.terminate();
    expect(log).toEqual(['load /late']);
    expect(manager.states).toMatchObject(Array(2).fill({ state: 'failed', failures: [{ message: 'the process ended before it was loaded' }] }));
  });
});

describe('data', () => {
  it('is asked for when the first handler wants it, and only once', () => {
    const { environment, log } = world();
    const none = new PluginManager([plugin(log, 'A')], environment);
    void none.load();
    void none.preSave(() => expect.unreachable());
    expect(none.handled).toBeUndefined();

    let asked = 0;
    const add = handling((given) => given.traceEvents.push({ ph: 'i' }));
    const two = new PluginManager([plugin(log, 'A', add), plugin(log, 'B', add)], environment);
    void two.load();
    void two.preSave(() => {
      asked++;
      return data();
    });
    expect(asked).toBe(1);
    expect(two.handled?.traceEvents).toHaveLength(2);
  });

  it("that cannot be had is no plugin's to handle, and is told in words", () => {
    const { environment, log, told } = world();
    const manager = new PluginManager(
      [
        plugin(
          log,
          'A',
          handling(() => {}),
        ),
      ],
      environment,
    );
    void manager.load();
    void manager.preSave(() => {
      throw new Error('the file is gone');
    });
    expect(manager.handled).toBeUndefined();
    expect(told).toEqual(['Plugin Logging failed at handle_data: the events could not be given to it: the file is gone']);
  });

  it('is handled anew at each save', () => {
    const { environment, log } = world();
    const manager = new PluginManager(
      [
        plugin(
          log,
          'A',
          handling((given) => given.traceEvents.push({ ph: 'i' })),
        ),
      ],
      environment,
    );
    void manager.load();
    const kept = data();
    void manager.preSave(() => kept);
    void manager.preSave(() => kept);
    expect(manager.handled?.traceEvents).toHaveLength(2);
  });

  it('is as it was before a handler that puts what is no event into the list', () => {
    const { environment, log } = world();
    const nonsense = handling((given) => {
      given.traceEvents.push({ ph: 'i' }, 5 as never);
    });
    const add = handling((given) => given.traceEvents.push({ ph: 'C' }));
    const manager = new PluginManager([plugin(log, 'A', nonsense), plugin(log, 'B', add)], environment);
    void manager.load();
    void manager.preSave(data);
    expect(manager.handled).toEqual({ traceEvents: [{ ph: 'C' }], viztracer_metadata: {} });
    expect(manager.states).toMatchObject([
      { handler: 'none', failureCount: 1 },
      { handler: 'ran', failureCount: 0 },
    ]);
  });
});

describe('a handler that fails halfway', () => {
  const recorded = (): TraceData => ({
    traceEvents: [
      { ph: 'C', name: 'queue', args: { a: 1 } },
      { ph: 'i', name: 'mark' },
    ],
    viztracer_metadata: { version: '1' },
  });
  const EDITS: Readonly<Record<string, (given: TraceData) => void>> = {
    'replaces the list': (given) => {
      given.traceEvents = [];
    },
    'empties the list': (given) => {
      given.traceEvents.length = 0;
    },
    'edits events': (given) => {
      for (const event of given.traceEvents) Object.assign(event, { name: 'broken', args: { a: 2 } });
    },
    'edits what an event holds': (given) => {
      for (const event of given.traceEvents) if (event.args) event.args.a = 3;
    },
    'adds and takes keys': (given) => {
      given.extra = 1;
      given.viztracer_metadata.note = 'broken';
      delete (given as Partial<TraceData>).traceEvents;
    },
  };
  const fault = new Error('halfway');
  const ENDS: Readonly<Record<string, () => unknown>> = {
    throws: () => {
      throw fault;
    },
    rejects: () => Promise.reject(fault),
    'gives nonsense': () => ({}),
  };
  const add = (name: string): Answer => handling((given) => void given.traceEvents.push({ ph: 'i', name }));
  const cases = Object.entries(EDITS).flatMap(([does, edit]) => Object.entries(ENDS).map(([ends, end]) => ({ does, edit, ends, end })));

  it.each(cases)('and $does, then $ends, leaves nothing of that, first, between others and last', async ({ edit, end }) => {
    const { environment, log } = world();
    const bad = handling((given) => {
      edit(given);
      return end();
    });
    const plugins = [bad, add('B'), bad, add('D'), bad].map((answer, i) => plugin(log, 'ABCDE'[i] as string, answer));
    const manager = new PluginManager(plugins, environment);
    void manager.load();
    await manager.preSave(recorded);
    const { traceEvents, ...others } = recorded();
    expect(manager.handled).toEqual({ traceEvents: [...traceEvents, { ph: 'i', name: 'B' }, { ph: 'i', name: 'D' }], ...others });
    expect(manager.states.map(({ handler }) => handler)).toEqual(['none', 'ran', 'none', 'ran', 'none']);
  });

  it('alone leaves no data of its own: what was recorded is the report', () => {
    const { environment, log } = world();
    const emptied = handling((given) => {
      given.traceEvents = [];
      throw fault;
    });
    const manager = new PluginManager([plugin(log, 'A', emptied)], environment);
    void manager.load();
    void manager.preSave(recorded);
    expect(manager.handled).toBeUndefined();
  });

  it('and goes on when it has been given up changes nothing any more', async () => {
    const { environment, log } = world();
    let later = (): void => expect.unreachable();
    const late = handling((given) => {
      later = () => {
        given.traceEvents.length = 0;
      };
      return new Promise(() => {});
    });
    const manager = new PluginManager([plugin(log, 'A', add('A')), plugin(log, 'B', late), plugin(log, 'C', add('C'))], environment);
    void manager.load();
    void manager.preSave(recorded);
    manager.hurry();
    later();
    expect(manager.handled?.traceEvents.map(({ name }) => name)).toEqual(['queue', 'mark', 'A', 'C']);
  });
});

describe('states', () => {
  it('tell each step, and are told at every change', () => {
    const { environment, states } = world({ mine: { get_vizplugin: () => plugin([], 'A') } });
    const manager = new PluginManager([{ spec: 'mine' }], environment, 'plugin-host');
    void manager.load();
    void manager.terminate();
    expect(states.map(({ state, messages }) => `${state} ${messages}`).filter((one, i, all) => one !== all[i - 1])).toEqual([
      'loading 0',
      'ready 0',
      'ready 1',
      'terminated 2',
    ]);
    expect(states.at(-1)).toEqual(manager.states[0]);
    expect(states.at(-1)).toMatchObject({
      index: 0,
      spec: 'mine',
      name: 'Logging',
      file: '/mine',
      supportVersion: '1.1.1',
      lastMessage: 'terminate',
      lastAnswer: '{ success: true }',
      ranIn: 'plugin-host',
    });
  });

  it('keep the last twenty failures and the count of all, and an answer within bounds', () => {
    const { environment, log, told } = world();
    const manager = new PluginManager(
      [
        plugin(log, 'A', (when) =>
          when === 'pre-start'
            ? 5
            : {
                text: 'x'.repeat(10_000),
                list: [1],
                get hidden() {
                  return expect.unreachable();
                },
              },
        ),
      ],
      environment,
    );
    void manager.load();
    for (let i = 0; i < 30; i++) void manager.preStart();
    void manager.postStop();
    const [state] = manager.states;
    expect(state?.failures).toHaveLength(20);
    expect(state).toMatchObject({ failureCount: 30, messages: 32 });
    expect(state?.lastAnswer?.length).toBeLessThan(250);
    expect(told).toHaveLength(30);
  });

  it('tell an error once, though it comes out of a call and as a rejection', () => {
    const { environment, log } = world();
    const error = new Error('once');
    const manager = new PluginManager(
      [
        plugin(log, 'A', () => {
          throw error;
        }),
      ],
      environment,
    );
    void manager.load();
    manager.failed(0, error);
    expect(manager.states[0]).toMatchObject({ failureCount: 1 });
  });
});

describe('what may be in the list', () => {
  it.each([[5], [null], [undefined], [[]], [VizPluginBase], [{}]])('Invalid plugin! (%j)', (junk) => {
    expect(() => new PluginManager([junk as never], world().environment)).toThrow(new TypeError('Invalid plugin!'));
  });
});

describe('VizPluginBase', () => {
  it('Default message() answers terminate with success and {} otherwise', () => {
    const base = new VizPluginBase();
    expect(base.message('command', { cmd_type: 'terminate' })).toEqual({ success: true });
    expect(base.message('event', { when: 'pre-save' })).toEqual({});
  });

  it('support_version() must be overridden, under one of its names', () => {
    const message = 'Plugin of viztracer has to implement support_version method';
    expect(() => new VizPluginBase().support_version()).toThrow(message);
    expect(() => new VizPluginBase().supportVersion()).toThrow(message);
    class Camel extends VizPluginBase {
      override supportVersion(): string {
        return '1';
      }
    }
    class Snake extends VizPluginBase {
      override support_version(): string {
        return '2';
      }
    }
    expect([new Camel().support_version(), new Snake().supportVersion()]).toEqual(['1', '2']);
  });
});
