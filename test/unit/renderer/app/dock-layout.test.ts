import { describe, expect, it } from 'vitest';
import { isRearranged, readLayout } from '../../../../renderer/app/dock/dock-layout.ts';

const layout = (panels: Record<string, unknown>) =>
  JSON.stringify({ grid: { root: { type: 'branch', data: [] }, width: 10, height: 10, orientation: 'HORIZONTAL' }, panels, floatingGroups: [{}] });

describe('a kept arrangement of panels', () => {
  it('is read with the titles of now, and without windows of its own', () => {
    const read = readLayout(layout({ console: { id: 'console', contentComponent: 'console', title: 'Konsole' } }));
    expect(read?.panels.console?.title).toBe('Console');
    expect(read).not.toHaveProperty('floatingGroups');
  });

  it.each([
    '',
    '{',
    'null',
    '7',
    '[]',
    '{"panels":{}}',
    layout({}),
    layout({ gone: { id: 'gone', contentComponent: 'gone' } }),
    layout({ console: { id: 'console', contentComponent: 'events' } }),
    layout({ console: null }),
  ])('is none when it is %s', (text) => {
    expect(readLayout(text)).toBeUndefined();
  });
});

describe('what counts as a change of the panels', () => {
  const text = (change: object = {}, node: object = {}) =>
    JSON.stringify({
      grid: {
        root: { type: 'branch', data: [{ type: 'leaf', data: { views: ['timeline', 'graphs'], activeView: 'timeline', id: '1' }, size: 300, ...node }] },
        width: 900,
        height: 600,
      },
      panels: {},
      activeGroup: '1',
      ...change,
    });

  it('is another size or another place', () => {
    expect(isRearranged(text(), text({}, { size: 340 }))).toBe(true);
    expect(isRearranged(text(), text({}, { data: { views: ['graphs'], activeView: 'graphs', id: '1' } }))).toBe(true);
  });

  it('is not another tab in front, the focus, an area that is hidden for a while, or a window of another size', () => {
    expect(isRearranged(text(), text())).toBe(false);
    expect(isRearranged(text(), text({ activeGroup: '2' }))).toBe(false);
    expect(isRearranged(text(), text({}, { data: { views: ['timeline', 'graphs'], activeView: 'graphs', id: '1' } }))).toBe(false);
    expect(isRearranged(text(), text({}, { size: 0, visible: false }))).toBe(false);
    expect(isRearranged(text(), text({ grid: { root: { type: 'branch', data: [] }, width: 1200, height: 600 } }))).toBe(false);
  });
});
