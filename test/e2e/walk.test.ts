/**
 * Every command of the palette is carried out once, by its name and by its key, and does what it says: on a recording here, those of a run on a run
 * that goes on. A command that is new, and has no row in the tables below, makes the test fail.
 */
import type { Locator } from 'playwright/test';
import { expect, type Studio, test } from './fixtures.ts';
import { Notes } from './pages/notes.ts';
import { ObjectInspector } from './pages/objects.ts';
import { violations } from './violations.ts';

const ms = 1000;
const slice = (tid: number, name: string, from: number, to: number) => ({ ph: 'X', pid: 1, tid, name, ts: from * ms, dur: (to - from) * ms, cat: name });
const snapshot = (at: number, value: object) => ({ ph: 'O', pid: 1, tid: 1, id: '0x1', name: 'Cart', ts: at * ms, args: { snapshot: value } });

/** One second of a shop: the picked slice has neighbours, arrows on both sides, and its object several snapshots. */
const SHOP = JSON.stringify({
  traceEvents: [
    { ph: 'M', pid: 1, tid: 1, name: 'thread_name', args: { name: 'main' } },
    { ph: 'M', pid: 1, tid: 2, name: 'thread_name', args: { name: 'worker' } },
    slice(1, 'boot', 0, 100),
    slice(1, 'checkout', 200, 500),
    slice(1, 'shutdown', 900, 1000),
    slice(2, 'order', 50, 150),
    slice(2, 'compress', 600, 800),
    { ph: 's', pid: 1, tid: 2, ts: 100 * ms, id: 6, name: 'asked', cat: 'flow' },
    { ph: 'f', bp: 'e', pid: 1, tid: 1, ts: 210 * ms, id: 6, name: 'asked', cat: 'flow' },
    { ph: 's', pid: 1, tid: 1, ts: 300 * ms, id: 7, name: 'job', cat: 'flow' },
    { ph: 'f', bp: 'e', pid: 1, tid: 2, ts: 650 * ms, id: 7, name: 'job', cat: 'flow' },
    { ph: 'C', pid: 1, tid: 1, ts: 100 * ms, name: 'queue', args: { waiting: 3 } },
    { ph: 'C', pid: 1, tid: 1, ts: 600 * ms, name: 'queue', args: { waiting: 12 } },
    { ph: 'N', pid: 1, tid: 1, id: '0x1', name: 'Cart', ts: 1 * ms },
    snapshot(100, { total: 1, items: 1 }),
    snapshot(200, { total: 1, items: 2 }),
    snapshot(300, { total: 2, items: 2 }),
    snapshot(400, { total: 2, items: 3 }),
    snapshot(500, { total: 3, items: 3 }),
  ],
});

async function open(studio: Studio): Promise<void> {
  await studio.answerFile('open', studio.script('shop.json', SHOP), () => studio.window.menu('File', /^Open trace/));
  await expect(studio.timeline.track('main')).toBeVisible();
  await expect.poll(() => studio.timeline.inView()).toEqual([0, 1]);
}

type Act = (studio: Studio) => Promise<void>;
interface Step {
  /** What has to be there, beside the trace. */
  readonly before?: Act;
  /** What is seen afterwards. */
  readonly after: Act;
}
/** Or what it says that it needs: it cannot be chosen on a recording, and its key does nothing. */
type Row = Step | string;

const RUN = 'needs a run that goes on';
const notes = (studio: Studio) => new Notes(studio.page);
const inspector = (studio: Studio) => new ObjectInspector(studio.page);
const tab = ({ page }: Studio, name: string) => page.getByRole('tab', { name }).first();

const all: Act = async ({ page, timeline }) => {
  await timeline.plot.focus();
  await page.keyboard.press('0');
  await expect.poll(() => timeline.inView()).toEqual([0, 1]);
};
const nothingPicked: Act = async ({ page, timeline }) => {
  await timeline.plot.focus();
  await page.keyboard.press('Escape');
  await expect(timeline.selection).toContainText('Nothing is selected');
  await expect(timeline.region.getByText('Range', { exact: false }).filter({ visible: true })).toHaveCount(0);
};
/** In the middle of its row, with all in view. */
const checkoutPicked: Act = async (studio) => {
  await all(studio);
  await nothingPicked(studio);
  for (const name of ['boot', 'checkout']) {
    await studio.page.keyboard.press('ArrowRight');
    await expect(studio.timeline.name()).toHaveText(name);
  }
};
/** A part of a second that leaves room on both sides. */
const someInView: Act = async (studio) => {
  await checkoutPicked(studio);
  await studio.page.keyboard.press('f');
  await seen(0.1625, 0.5375)(studio);
};
const seen =
  (from: number, to: number): Act =>
  async ({ timeline }) => {
    await expect.poll(async () => (await timeline.inView()).map((each) => Math.round(each * 1e4) / 1e4)).toEqual([from, to]);
  };
const narrower: Act = async ({ timeline }) => {
  await expect.poll(() => timeline.span()).toBeLessThan(0.37);
};
const wider: Act = async ({ timeline }) => {
  await expect.poll(() => timeline.span()).toBeGreaterThan(0.38);
};
const earlier: Act = async ({ timeline }) => {
  await expect.poll(async () => (await timeline.inView())[0]).toBeLessThan(0.16);
};
const later: Act = async ({ timeline }) => {
  await expect.poll(async () => (await timeline.inView())[0]).toBeGreaterThan(0.17);
};
const named =
  (name: string): Act =>
  async ({ timeline }) => {
    await expect(timeline.name()).toHaveText(name);
  };
const asks =
  (name: string): Act =>
  async ({ page }) => {
    await expect(page.getByRole('dialog', { name })).toBeVisible();
  };
const goneAndBack =
  (part: (studio: Studio) => Locator, back: string): Act =>
  async (studio) => {
    await expect(part(studio)).toHaveCount(0);
    await studio.window.menu('View', back);
    await expect(part(studio).first()).toBeVisible();
  };
const searchedFor =
  (text: string): Act =>
  async (studio) => {
    await checkoutPicked(studio);
    const found = studio.timeline.region.getByText(/^\d+ match(es)?$/);
    // What was found before is not what is found now.
    await studio.timeline.search.fill('');
    await expect(found).toHaveCount(0);
    await studio.timeline.search.fill(text);
    await expect(found).toBeVisible();
    await studio.timeline.plot.focus();
  };
const snapshotShown =
  (place: number): Act =>
  async (studio) => {
    await expect(inspector(studio).region.getByText(new RegExp(`^Snapshot ${place} of 5$`))).toBeVisible();
  };
/** In the plot the arrows go from slice to slice. */
const objects = ({ page }: Studio) => page.getByRole('tree', { name: 'Objects' });
const atSnapshot =
  (place: number): Act =>
  async (studio) => {
    await studio.window.object('Cart').first().click();
    await inspector(studio).goTo(place);
    await snapshotShown(place)(studio);
    await objects(studio).focus();
  };
const atFieldOfSnapshot =
  (place: number): Act =>
  async (studio) => {
    await atSnapshot(place)(studio);
    await inspector(studio).tree.getByRole('treeitem', { name: 'total' }).click();
    await objects(studio).focus();
  };
const noNotes: Act = async (studio) => {
  await notes(studio).open();
  const { rows, region } = notes(studio);
  for (let left = await rows.count(); left > 0; left--) {
    await region
      .getByRole('button', { name: /^Remove/ })
      .first()
      .click();
    await expect(rows).toHaveCount(left - 1);
  }
};
const noteCount =
  (count: number): Act =>
  async (studio) => {
    await notes(studio).open();
    await expect(notes(studio).rows).toHaveCount(count);
  };
/** A mark on the picked slice, and no other. */
const oneNote: Act = async (studio) => {
  await noNotes(studio);
  await checkoutPicked(studio);
  await studio.page.keyboard.press('m');
  await noteCount(1)(studio);
  await studio.timeline.plot.focus();
};
const panelInFront =
  (name: string): Act =>
  async (studio) => {
    await expect(tab(studio, name)).toHaveAttribute('aria-selected', 'true');
  };
const anotherInFront =
  (name: string): Act =>
  async (studio) => {
    await tab(studio, name).click();
  };
const themed =
  (name: string): Act =>
  async ({ page }) => {
    await expect(page.locator('html')).toHaveAttribute('data-theme', name);
  };
/** The canvas is drawn anew. */
function redrawn(before: Act): Step {
  let picture = '';
  return {
    before: async (studio) => {
      await before(studio);
      picture = await studio.timeline.still();
    },
    after: async ({ timeline }) => {
      await expect.poll(() => timeline.picture()).not.toBe(picture);
    },
  };
}
/** As the settings say: what has no clock of its own looks the same. */
const isSet =
  (choice: string): Act =>
  async ({ page, window }) => {
    await page.keyboard.press('Control+,');
    await expect(window.dialog.getByRole('radio', { name: choice })).toBeChecked();
  };
/** Another choice of the palette, so that this one changes something. */
const chosen =
  (label: string): Act =>
  async (studio) => {
    await byName(studio, label);
    await all(studio);
  };

/** By the words of the palette. */
const ROWS: Readonly<Record<string, Row>> = {
  'Run, or run again': { after: asks('Run configuration') },
  Stop: RUN,
  Restart: 'needs a run that the studio started',
  'Recording on or off': RUN,
  'Snapshot all objects now': RUN,
  'Save the newest, where only that is kept': RUN,
  'Open trace': { after: asks('Open trace') },
  Save: { after: asks('Save') },
  'Save as': { after: asks('Save') },
  Export: { after: asks('Export trace') },
  'Close trace': {
    after: async (studio) => {
      await expect(studio.start.heading).toBeVisible();
      await open(studio);
    },
  },
  'Show or hide the sidebar': { after: goneAndBack(({ page }) => page.getByRole('complementary', { name: 'Sidebar' }), 'Sidebar') },
  'Show or hide the drawer': { after: goneAndBack(({ page }) => page.getByRole('tab', { name: 'Graphs' }), 'Drawer') },
  Settings: { after: asks('Settings') },
  'Keyboard shortcuts': { after: asks('Keyboard shortcuts') },
  Manual: { after: asks('Manual') },
  'Undo the last change of panels or notes': { before: oneNote, after: noteCount(0) },
  'Redo what was undone': {
    before: async (studio) => {
      await oneNote(studio);
      await studio.page.keyboard.press('Control+z');
      await noteCount(0)(studio);
      await studio.timeline.plot.focus();
    },
    after: noteCount(1),
  },
  'Put the panels back as they come': {
    before: async ({ page }) => {
      await page.getByRole('button', { name: 'Arrange Graphs' }).click();
      await page.getByRole('menuitem', { name: 'Close Graphs' }).click();
      await expect(page.getByRole('tab', { name: 'Graphs' })).toHaveCount(0);
    },
    after: panelInFront('Graphs'),
  },
  'Pause the view, or follow again': {
    before: all,
    after: async ({ page }) => {
      await expect(page.getByRole('button', { name: 'Time range, Zoomed' })).toBeVisible();
    },
  },
  'Go to the newest and follow': {
    before: someInView,
    after: async ({ page }) => {
      await expect(page.getByRole('button', { name: /^Time range, Show/ })).toBeVisible();
    },
  },
  'Go to the start': { before: someInView, after: seen(0, 0.375) },
  'Show all of the recording': { before: someInView, after: seen(0, 1) },
  'Zoom in': { before: someInView, after: narrower },
  'Zoom out': { before: someInView, after: wider },
  'Move left': { before: someInView, after: earlier },
  'Move right': { before: someInView, after: later },
  'Zoom in fast': { before: someInView, after: narrower },
  'Zoom out fast': { before: someInView, after: wider },
  'Move left fast': { before: someInView, after: earlier },
  'Move right fast': { before: someInView, after: later },
  'Back to what was looked at before': {
    before: async (studio) => {
      await checkoutPicked(studio);
      await studio.page.keyboard.press('.');
      await named('shutdown')(studio);
    },
    after: named('checkout'),
  },
  'Forward again': {
    before: async (studio) => {
      await checkoutPicked(studio);
      await studio.page.keyboard.press('.');
      await named('shutdown')(studio);
      await studio.page.keyboard.press('Alt+ArrowLeft');
      await named('checkout')(studio);
    },
    after: named('shutdown'),
  },
  'Zoom to the selection': { before: checkoutPicked, after: seen(0.1625, 0.5375) },
  'Next slice in the row': { before: checkoutPicked, after: named('shutdown') },
  'Previous slice in the row': { before: checkoutPicked, after: named('boot') },
  'Slice that an arrow comes from': { before: checkoutPicked, after: named('order') },
  'Slice that an arrow goes to': { before: checkoutPicked, after: named('compress') },
  'Make the slice the range': {
    before: checkoutPicked,
    after: async ({ timeline }) => {
      await expect(timeline.region.getByText('Range 300 ms')).toBeVisible();
    },
  },
  'Mark a run’s moment, or what is selected': {
    before: async (studio) => {
      await noNotes(studio);
      await checkoutPicked(studio);
    },
    after: noteCount(1),
  },
  'Mark what is selected, also while it runs': {
    before: async (studio) => {
      await noNotes(studio);
      await checkoutPicked(studio);
    },
    after: noteCount(1),
  },
  'Write a note on it, or where the pointer is': { before: checkoutPicked, after: asks('New note') },
  'Show or hide marks and notes': {
    before: oneNote,
    after: async (studio) => {
      await expect(studio.page.getByText('Notes are hidden in the timeline.')).toBeVisible();
      await studio.page.getByRole('button', { name: 'Show them' }).click();
    },
  },
  'Pin or unpin the track of the selection': {
    before: checkoutPicked,
    after: async ({ page, timeline }) => {
      await expect(timeline.pinned.getByRole('button', { name: 'main', exact: true })).toBeVisible();
      await timeline.plot.focus();
      await page.keyboard.press('p');
      await expect(timeline.pinned.getByRole('button', { name: 'main', exact: true })).toHaveCount(0);
    },
  },
  'Show slices as a table': { before: all, after: panelInFront('Slices') },
  'Clear the selection': {
    before: checkoutPicked,
    after: async ({ timeline }) => {
      await expect(timeline.selection).toContainText('Nothing is selected');
    },
  },
  'Search slices': {
    after: async ({ timeline }) => {
      await expect(timeline.search).toBeFocused();
    },
  },
  'Find a track': { after: asks('Find a track') },
  'Next match, in the field Enter': { before: searchedFor('shutdown'), after: named('shutdown') },
  'Previous match, in the field Shift Enter': { before: searchedFor('boot'), after: named('boot') },
  'Previous snapshot of the object': { before: atSnapshot(3), after: snapshotShown(2) },
  'Next snapshot of the object': { before: atSnapshot(3), after: snapshotShown(4) },
  'Previous change of the chosen field': { before: atFieldOfSnapshot(3), after: snapshotShown(1) },
  'Next change of the chosen field': { before: atFieldOfSnapshot(3), after: snapshotShown(5) },
  'Show Timeline': {
    after: async ({ timeline }) => {
      await expect(timeline.region).toBeVisible();
    },
  },
  'Show Graphs': { before: anotherInFront('Durations'), after: panelInFront('Graphs') },
  'Show Flame graph': { after: panelInFront('Flame graph') },
  'Show Call tree': { after: panelInFront('Call tree') },
  'Show Durations': { after: panelInFront('Durations') },
  'Show Console': { before: anotherInFront('Events'), after: panelInFront('Console') },
  'Show Events': { after: panelInFront('Events') },
  'Show Functions': { after: panelInFront('Functions') },
  'Show Statistics': { after: panelInFront('Statistics') },
  'Show Issues': { after: panelInFront('Issues') },
  'Show Notes': { after: panelInFront('Notes') },
  'Show Slices': { after: panelInFront('Slices') },
  'Show Selection': { after: panelInFront('Selection') },
  'Show Object': { after: panelInFront('Object') },
  'Colour slices by category': redrawn(chosen('Colour slices by thread')),
  'Colour slices by name': redrawn(chosen('Colour slices by thread')),
  'Colour slices by thread': redrawn(chosen('Colour slices by name')),
  'Ruler: as a clock': { after: isSet('As a clock') },
  'Ruler: since the start': { after: isSet('Since the start') },
  'Wheel scrolls, with Ctrl it zooms': { before: chosen('Wheel zooms, with Ctrl it scrolls'), after: wheelZooms(false) },
  'Wheel zooms, with Ctrl it scrolls': { before: chosen('Wheel scrolls, with Ctrl it zooms'), after: wheelZooms(true) },
  'Theme: light': { after: themed('light') },
  'Theme: dark': { after: themed('dark') },
  'Theme: system': { before: chosen('Theme: light'), after: themed('dark') },
};

function wheelZooms(zooms: boolean): Act {
  return async ({ page, timeline }) => {
    const { x, y } = await timeline.point(0.5, 'main');
    await page.mouse.move(x, y);
    if (!zooms) await page.keyboard.down('Control');
    await page.mouse.wheel(0, -100);
    await page.keyboard.up('Control');
    await expect.poll(() => timeline.span()).toBeLessThan(1);
  };
}

/** In the palette. */
const palette = ({ page }: Studio) => page.getByRole('dialog', { name: 'All commands' });
const choice = (studio: Studio, label: string) =>
  palette(studio)
    .getByRole('option')
    .filter({ has: studio.page.locator('bdi').getByText(label, { exact: true }) });

async function openPalette(studio: Studio): Promise<void> {
  await studio.page.keyboard.press('Control+Shift+P');
  await expect(palette(studio)).toBeVisible();
}

async function byName(studio: Studio, label: string): Promise<void> {
  await openPalette(studio);
  await palette(studio).getByRole('combobox').fill(label);
  await choice(studio, label).click();
  await expect(palette(studio)).toHaveCount(0);
}

/** No part of the window has failed, and no dialog is left over. */
async function settle(studio: Studio): Promise<void> {
  const { page, window } = studio;
  await expect(page.getByRole('button', { name: 'Show it again' })).toHaveCount(0);
  while ((await window.dialog.count()) > 0) {
    const before = await window.dialog.count();
    await page.keyboard.press('Escape');
    await expect.poll(() => window.dialog.count()).toBeLessThan(before);
  }
  await studio.timeline.plot.focus();
}

/** All of them are tried before the test fails: one that goes wrong says nothing about the others. */
async function eachInTurn(names: readonly string[], act: (name: string, place: number) => Promise<void>): Promise<void> {
  const failed: string[] = [];
  for (const [place, name] of names.entries()) {
    await test.step(name, async () => {
      await act(name, place).catch((error: unknown) => failed.push(`${name}: ${error instanceof Error ? error.message : error}`));
    });
  }
  expect(failed).toEqual([]);
}

/** Every so many the whole page is looked at: each time another panel, dialog or state. */
const LOOKED_AT_EVERY = 9;

test('every command of the palette does what it says', async ({ studio }) => {
  // Sixty commands; a machine that stalls must not turn waiting into failing.
  test.setTimeout(600_000);
  await open(studio);
  await openPalette(studio);
  expect(await violations(studio)).toEqual([]);
  const labels = await palette(studio).getByRole('option').locator('bdi').allTextContents();
  expect(labels.toSorted(), 'each command has a row in this test').toEqual(Object.keys(ROWS).toSorted());
  await studio.page.keyboard.press('Escape');
  await eachInTurn(labels, async (label, place) => {
    const row = ROWS[label] as Row;
    await settle(studio);
    if (typeof row === 'string') {
      await openPalette(studio);
      await palette(studio).getByRole('combobox').fill(label);
      await expect(choice(studio, label)).toContainText(row);
      await choice(studio, label).click({ force: true });
      await expect(choice(studio, label), 'it cannot be chosen').toHaveAttribute('aria-disabled', 'true');
      return;
    }
    await row.before?.(studio);
    await byName(studio, label);
    await row.after(studio);
    if (place % LOOKED_AT_EVERY === 0) expect(await violations(studio), label).toEqual([]);
  });
  await settle(studio);
});

/** "Ctrl Shift F5" as it is pressed. */
const NAMES: Readonly<Record<string, string>> = { Ctrl: 'Control', Esc: 'Escape', '←': 'ArrowLeft', '→': 'ArrowRight' };
const pressed = (keys: string): string =>
  keys
    .split(' ')
    .map((key) => NAMES[key] ?? key)
    .join('+');

test('every key that the help shows does what it says', async ({ studio }) => {
  // Sixty commands; a machine that stalls must not turn waiting into failing.
  test.setTimeout(600_000);
  await open(studio);
  await studio.timeline.plot.focus();
  await studio.page.keyboard.press('?');
  const shown = await studio.window.dialog.getByRole('button', { name: /^Keys of/ }).evaluateAll((buttons) => buttons.map((button) => button.ariaLabel ?? ''));
  const keyed = shown.flatMap((text) => {
    const [, label = '', keys = ''] = /^Keys of “(.*)”: (.*)$/.exec(text) ?? [];
    return keys === 'none' ? [] : keys.split(' or ').map((key) => ({ label, key }));
  });
  expect(keyed.length).toBeGreaterThan(45);
  await eachInTurn(
    keyed.map(({ key, label }) => `${key}: ${label}`),
    async (_name, place) => {
      const { label, key } = keyed[place] as (typeof keyed)[number];
      await settle(studio);
      const row = label === 'All commands' ? { after: asks('All commands') } : ROWS[label];
      if (row === undefined) throw new Error(`${label} has no row in this test`);
      if (typeof row !== 'string') await row.before?.(studio);
      await studio.page.keyboard.press(pressed(key));
      if (typeof row !== 'string') await row.after(studio);
      else await expect(studio.window.dialog).toHaveCount(0);
    },
  );
  await settle(studio);
});

const recording =
  (on: boolean): Act =>
  async ({ window }) => {
    await expect(window.button('Recording')).toHaveAttribute('aria-pressed', `${on}`);
  };
const says =
  (text: string): Act =>
  async ({ window }) => {
    await expect(window.messages.getByText(text)).toBeVisible();
  };
/** On a run that goes on: what is different there. The last ones end it. */
const LIVE_ROWS: readonly (readonly [label: string, row: Row])[] = [
  ['Run, or run again', 'it is running already'],
  ['Save the newest, where only that is kept', 'needs a run that keeps only the newest'],
  ['Recording on or off', { after: recording(false) }],
  ['Recording on or off', { after: recording(true) }],
  ['Snapshot all objects now', { after: says('Snapshot of all objects') }],
  ['Mark a run’s moment, or what is selected', { after: noteCount(1) }],
  [
    'Pause the view, or follow again',
    {
      after: async ({ page }) => {
        await expect(page.getByRole('button', { name: 'Resume view' })).toBeVisible();
      },
    },
  ],
  [
    'Go to the newest and follow',
    {
      after: async ({ page }) => {
        await expect(page.getByRole('button', { name: 'Pause view' })).toBeVisible();
      },
    },
  ],
  [
    'Restart',
    {
      after: async (studio) => {
        await expect(studio.window.runs.getByRole('button', { name: /^Close / })).toHaveCount(2);
        await expect(studio.window.state()).toHaveText('Running');
      },
    },
  ],
  [
    'Stop',
    {
      after: async ({ window }) => {
        await expect(window.state()).toHaveText(/Stopped/);
      },
    },
  ],
  [
    'Run, or run again',
    {
      after: async ({ window }) => {
        await expect(window.state()).toHaveText('Running');
      },
    },
  ],
];

test('every command of a run does what it says while it goes on', async ({ studio }) => {
  const script = studio.script(
    'live.cjs',
    `const { getTracer, VizCounter, VizObject } = require('trace-studio');
    const counter = new VizCounter(getTracer(), 'ticks');
    class Cart extends VizObject { items = 0 }
    const cart = new Cart(getTracer(), 'cart');
    let n = 0;
    setInterval(() => { counter.n = ++n; if (n % 10 === 0) cart.items = n; }, 50);`,
  );
  await studio.start.runScript(script);
  await expect(studio.window.state()).toHaveText('Running');
  await expect(studio.window.counter('ticks')).toBeVisible();
  for (const [label, row] of LIVE_ROWS) {
    await test.step(label, async () => {
      await settle(studio);
      await openPalette(studio);
      await palette(studio).getByRole('combobox').fill(label);
      if (typeof row === 'string') {
        await expect(choice(studio, label)).toContainText(row);
        return;
      }
      await choice(studio, label).click();
      await row.after(studio);
    });
  }
  await settle(studio);
});
