import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rooms } from '../../../.dependency-cruiser.mjs';
import { allowedArrows, drawArchitecture, drawnArrows, JOBS } from './picture.js';

describe('docs/images/architecture.svg', () => {
  it('shows the rooms and arrows of the layers check, and is drawn anew by npm run charts', async () => {
    await expect(await drawArchitecture()).toMatchFileSnapshot('../../../docs/images/architecture.svg');
  });

  it('has a box with its job for each room of the source', () => {
    expect(Object.keys(rooms).sort()).toEqual(readdirSync('src').sort());
    expect(Object.keys(JOBS).sort()).toEqual(readdirSync('src').sort());
  });

  it('has an arrow, or some in a row, for whatever a room may import, and none else', () => {
    expect(drawnArrows().length).toBeGreaterThan(Object.keys(rooms).length - 1);
    expect(pairs(behind(drawnArrows()))).toEqual(pairs(behind(allowedArrows())));
  });

  it.each(drawnArrows())('has an arrow from $from to $to because the source has', ({ from, to }) => {
    expect(importsOf(from).filter((path) => path.includes(`../${to}/`))).not.toEqual([]);
  });

  it.each(Object.entries(JOBS))('names packages at %s that it imports', (room, { packages = [] }) => {
    const imported = new Set(importsOf(room).filter((path) => !path.startsWith('.')));
    expect([...imported]).toEqual(expect.arrayContaining([...packages].filter((name) => !isRadio(name))));
    expect(packages.filter(isRadio).filter((name) => !source(room).includes(`'${name}`))).toEqual([]);
  });

  it.each(['README.md', 'docs/architecture.md'])('is shown in %s', (path) => {
    expect(readFileSync(path, 'utf8')).toMatch(/!\[[^\]]+\]\((?:docs\/)?images\/architecture\.svg\)/);
  });
});

/** They are loaded when there is a radio, and by parts. */
function isRadio(name: string): boolean {
  return name.startsWith('@abandonware/');
}

/** With those that several arrows in a row make. */
function behind(arrows: ReturnType<typeof drawnArrows>): ReturnType<typeof drawnArrows> {
  const longer = arrows.flatMap(({ from, to }) =>
    arrows.filter((next) => next.from === to).map((next) => ({ from, to: next.to })),
  );
  const all = [...new Map([...arrows, ...longer].map((arrow) => [`${arrow.from} ${arrow.to}`, arrow])).values()];
  return all.length === arrows.length ? all : behind(all);
}

function pairs(arrows: ReturnType<typeof drawnArrows>): string[] {
  return arrows.map(({ from, to }) => `${from} → ${to}`).sort();
}

function importsOf(room: string): string[] {
  return [...source(room).matchAll(/\bfrom '([^']+)'|\bimport\('([^']+)'\)/g)].map(([, one, two]) => one ?? two ?? '');
}

function source(room: string): string {
  const folder = join('src', room);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path));
  return files.map((path) => readFileSync(join(folder, path), 'utf8')).join('\n');
}
