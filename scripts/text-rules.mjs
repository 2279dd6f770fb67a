/** House rules for documents and for everything that is committed: links that lead somewhere, sizes, and nothing of one machine. */
import { posix } from 'node:path';
import { checkShellBlocks } from './shell-blocks.mjs';

const MAX_README_LINES = 120;
const MAX_DECISION_LINES = 15;
const DECISION_PARTS = ['Status', 'Decision', 'Why', 'Consequences'];
const DECISIONS = 'docs/decisions/';
const DECISION_INDEX = `${DECISIONS}README.md`;

/** `[text](target "title")` and pictures, `href` and `src` of HTML, `[name]: target`. */
const LINK = /\]\(([^)\s]+)(?: "[^"]*")?\)|<[^>]*\b(?:href|src)="([^"]+)"|^ *\[[^\]]+\]: +(\S+)/gm;
/** A file or folder of this tree, named in code. */
const PLACE = /`((?:src|test|docs|examples|scripts|bench|packages|packaging|bin)\/[\w./-]+)`/g;
/** It tells of what was. */
const HISTORY = 'CHANGELOG.md';

/** @typedef {import('./source-rules.mjs').TextFile} TextFile */

/**
 * @param {readonly TextFile[]} files all files of the tree, so that links can be followed
 * @param {readonly string[]} machine folders that exist on this machine only
 * @returns {string[]}
 */
export function checkTexts(files, machine) {
  const documents = files.filter(({ path }) => path.endsWith('.md'));
  return [
    ...documents.flatMap((document) => deadLinks(document, files)),
    ...documents.flatMap((document) => absentPlaces(document, files)),
    ...deadInPackage(files),
    ...documents.flatMap(checkShellBlocks),
    ...tooLong(files, 'README.md', MAX_README_LINES),
    ...decisions(files),
    ...files.flatMap((file) => machinePaths(file, machine)),
    ...files.flatMap(registryHosts),
  ];
}

/**
 * @param {TextFile} document
 * @param {readonly TextFile[]} files
 */
function deadLinks({ path, text }, files) {
  const prose = text.replaceAll(/^```.*?^```/gms, '').replaceAll(/`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(LINK)].map(([, inline, html, reference]) => inline ?? html ?? reference ?? '');
  return targets
    .filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(path, target, files))
    .map((target) => `${path}: the link to ${target} leads nowhere`);
}

/**
 * @param {TextFile} document
 * @param {readonly TextFile[]} files
 */
function absentPlaces({ path, text }, files) {
  if (path === HISTORY) return [];
  return [...text.matchAll(PLACE)]
    .map((match) => match[1] ?? '')
    .filter(
      (place) =>
        !files.some((file) => file.path === place || `${file.path}/`.startsWith(`${place}/`.replace('//', '/'))),
    )
    .map((place) => `${path}: ${place} is named, and is not there`);
}

/**
 * Whoever installed the package has these files and no others.
 * @param {readonly TextFile[]} files
 */
function deadInPackage(files) {
  const manifest = files.find(({ path }) => path === 'package.json');
  if (manifest === undefined) return [];
  /** @type {string[]} */
  const listed = JSON.parse(manifest.text).files ?? [];
  const packed = files.filter(({ path }) =>
    ['README.md', 'LICENSE', ...listed].some((entry) => path === entry || path.startsWith(`${entry}/`)),
  );
  return packed
    .filter(({ path }) => path.endsWith('.md'))
    .flatMap((document) => deadLinks(document, packed))
    .map((finding) => `${finding} in the package`);
}

/**
 * @param {string} from
 * @param {string} target
 * @param {readonly TextFile[]} files
 */
function leadsSomewhere(from, target, files) {
  const [name = '', anchor] = target.split('#');
  const path = name === '' ? from : posix.join(posix.dirname(from), name);
  if (anchor === undefined)
    return files.some((file) => file.path === path || file.path.startsWith(`${path}/`.replace('//', '/')));
  const file = files.find((candidate) => candidate.path === path);
  return file !== undefined && anchors(file.text).has(anchor);
}

/** @param {string} text */
function anchors(text) {
  const headings = [...text.matchAll(/^#+ +(.+)$/gm)].map((match) => match[1] ?? '');
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/**
 * @param {readonly TextFile[]} files
 * @param {string} path
 * @param {number} most
 */
function tooLong(files, path, most) {
  const lines = files
    .find((file) => file.path === path)
    ?.text.trimEnd()
    .split('\n').length;
  if (lines === undefined) return [`${path} is missing`];
  return lines > most ? [`${path}: ${lines} lines, at most ${most}`] : [];
}

/** @param {readonly TextFile[]} files */
function decisions(files) {
  const index = files.find(({ path }) => path === DECISION_INDEX)?.text ?? '';
  const records = files.filter(({ path }) => /^docs\/decisions\/\d{4}-[a-z0-9-]+\.md$/.test(path));
  const numbers = records.map(({ path }) => path.slice(DECISIONS.length, DECISIONS.length + 4));
  return records.flatMap(({ path, text }, position) => [
    ...tooLong(files, path, MAX_DECISION_LINES),
    ...DECISION_PARTS.filter((part) => !new RegExp(`^\\W*${part}`, 'im').test(text)).map(
      (part) => `${path}: has no line about ${part.toLowerCase()}`,
    ),
    ...(index.includes(`(${path.slice(DECISIONS.length)})`) ? [] : [`${path}: is not in ${DECISION_INDEX}`]),
    ...(numbers.indexOf(numbers[position] ?? '') === position ? [] : [`${path}: the number is taken`]),
  ]);
}

/**
 * @param {TextFile} file
 * @param {readonly string[]} machine
 */
function machinePaths({ path, text }, machine) {
  return text.split('\n').flatMap((line, index) => {
    const folder = machine.find((candidate) => line.includes(`${candidate}/`));
    return folder === undefined ? [] : [`${path}:${index + 1}: ${folder} exists on one machine only`];
  });
}

/** The lock file names versions and integrity; where packages come from is each machine's own setting. */
function registryHosts(/** @type {TextFile} */ { path, text }) {
  if (posix.basename(path) !== 'package-lock.json') return [];
  return [...text.matchAll(/"resolved": "([a-z+]*:?\/\/[^"]+|https?:[^"]+)"/g)].map(
    (match) => `${path}: ${match[1]} names a registry`,
  );
}
