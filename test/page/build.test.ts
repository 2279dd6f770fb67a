import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

const MAX_GZIPPED_BYTES = 80 * 1_024;
const files = readdirSync('dist/page', { recursive: true, encoding: 'utf8', withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => ({ name, bytes: readFileSync(join(parentPath, name)) }));

describe('the built page', () => {
  it('is small', () => {
    const size = files.reduce((sum, { bytes }) => sum + gzipSync(bytes).length, 0);
    expect(size).toBeGreaterThan(10_000);
    expect(size).toBeLessThan(MAX_GZIPPED_BYTES);
  });

  it('has nothing inline, and names no other origin', () => {
    const html = files.find(({ name }) => name === 'index.html')?.bytes.toString() ?? '';
    expect(html).toMatch(/<script type="module" crossorigin src="\/assets\//);
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
    const styles = files.filter(({ name }) => name.endsWith('.css')).map(({ bytes }) => bytes.toString());
    expect([html, ...styles].join()).not.toMatch(/https?:\/\/|\/\/cdn|@import/);
  });
});
