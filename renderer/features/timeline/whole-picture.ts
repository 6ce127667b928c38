/** The timeline as it is seen, as one picture: the canvas, and the names that stand beside it as elements. */
import { clipText } from '../../drawing/format.ts';
import { isPlacedLane } from './lane-layout.ts';
import type { TimelineBoard } from './timeline-board.ts';
import { eachInSight, RULER_PX } from './timeline-picture.ts';
import { words } from './words.ts';

const INDENT_PX = 20;
const GROUP_INDENT_PX = 10;

export function pictureOf(board: TimelineBoard): Promise<Blob | undefined> {
  const { surface, scene } = board;
  const picture = document.createElement('canvas');
  const ink = picture.getContext('2d');
  if (!surface || !scene || !ink) return Promise.resolve(undefined);
  picture.width = surface.width;
  picture.height = surface.height;
  ink.drawImage(surface, 0, 0);
  const ratio = surface.width / scene.width;
  ink.setTransform(ratio, 0, 0, ratio, 0, 0);
  const palette = board.palette();
  ink.fillStyle = palette.panel;
  ink.fillRect(0, 0, scene.left, scene.height);
  ink.textBaseline = 'middle';
  const write = (text: string, x: number, y: number, isStrong: boolean) => {
    ink.font = `${isStrong ? 600 : 400} 12px ${palette.uiFont}`;
    ink.fillStyle = palette.text1;
    ink.fillText(clipText(text, 80), x, y, scene.left - x - 6);
  };
  write(words.noPins, GROUP_INDENT_PX, RULER_PX / 2, false);
  for (const place of scene.regions) {
    ink.save();
    ink.beginPath();
    ink.rect(0, place.top, scene.left, place.bottom - place.top);
    ink.clip();
    eachInSight(place, (placed, y) => {
      if (isPlacedLane(placed)) write(placed.lane.title, INDENT_PX, y + 11, false);
      else write(placed.group.title, GROUP_INDENT_PX, y + placed.height / 2, true);
      ink.fillStyle = palette.line1;
      ink.fillRect(0, y + placed.height - 1, scene.left, 1);
    });
    ink.restore();
  }
  ink.fillStyle = palette.line1;
  ink.fillRect(scene.left - 1, 0, 1, scene.height);
  return new Promise((resolve) => picture.toBlob((blob) => resolve(blob ?? undefined), 'image/png'));
}
