/** Builds a Dockerfile without Docker: each stage is a machine to throw away, with Node.js where the image has it. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { unreachable } from '../../src/protocol/unreachable.js';
import { type Instruction, isIgnored, readDockerfile } from './dockerfile.js';
import { type Machine, openMachine, ROOT_ENV } from './machine.js';

export interface Image {
  readonly machine: Machine;
  /** What runs there as `docker run` runs it: arguments take the place of CMD. */
  command(...args: readonly string[]): readonly string[];
  /** What Docker asks from time to time. */
  readonly health: readonly string[];
}

interface Stage {
  readonly machine: Machine;
  readonly name: string | undefined;
  env: Record<string, string>;
  folder: string;
  user: string;
  entrypoint: readonly string[];
  cmd: readonly string[];
  health: readonly string[];
}

/** Of a context as it stands in the tree, less what its .dockerignore leaves out. Removed after the test. */
export async function buildImage(path: string, context: string, skip: (note: string) => void): Promise<Image> {
  const folder = copyContext(context);
  const stages: Stage[] = [];
  for (const instruction of readDockerfile(readFileSync(path, 'utf8'))) {
    if (instruction.type === 'FROM') stages.push(await openStage(instruction, skip));
    else carryOut(instruction, stages, folder);
  }
  const last = stages.at(-1);
  if (last === undefined) throw new Error(`${path} has no stage`);
  return { machine: last.machine, command: (...args) => asUser(last, args), health: asUser(last, last.health, []) };
}

/** Made before the machines, which see what there was. */
function copyContext(context: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-context-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const ignored = ignoreFileOf(context);
  const entries = readdirSync(context, { recursive: true, withFileTypes: true }).filter(
    (entry) => !entry.isDirectory(),
  );
  for (const path of entries.map((entry) => relative(context, join(entry.parentPath, entry.name))))
    if (!isIgnored(path, ignored)) cpSync(join(context, path), join(folder, path));
  return folder;
}

function ignoreFileOf(context: string): string {
  try {
    return readFileSync(join(context, '.dockerignore'), 'utf8');
  } catch {
    return '';
  }
}

async function openStage(
  { image, stage: name }: Extract<Instruction, { type: 'FROM' }>,
  skip: (note: string) => void,
): Promise<Stage> {
  const machine = await openMachine(skip);
  onTestFinished(() => machine.remove());
  machine.run(asTheImage(image));
  return { machine, name, env: { ...ROOT_ENV }, folder: '/', user: 'root', entrypoint: [], cmd: [], health: [] };
}

/**
 * Of the official images of Node.js: the program and its headers below /usr/local, and a user. Of that release where other Node.js are there for the tests.
 * apt may have been at work on this machine.
 */
function asTheImage(image: string): string {
  const [, major = ''] = /^node:(\d+)/.exec(image) ?? [];
  const release = resolve(`test/installed/nodes/node_modules/node-${major}`);
  const node = existsSync(release) ? release : resolve(process.execPath, '../..');
  return `
dpkg --configure -a > /dev/null 2>&1
rm -rf /opt/tandem /opt/source /var/lib/tandem /data
mkdir -p /usr/local/bin /usr/local/include
if ! [ ${node} -ef /usr/local ]; then
  cp --remove-destination ${node}/bin/node /usr/local/bin/node
  rm -rf /usr/local/include/node && ln -s ${node}/include/node /usr/local/include/node
fi
id node > /dev/null 2>&1 || useradd --create-home node`;
}

function carryOut(
  instruction: Exclude<Instruction, { type: 'FROM' }>,
  stages: readonly Stage[],
  context: string,
): void {
  const stage = stages.at(-1);
  if (stage === undefined) throw new Error(`${instruction.type} before the first FROM`);
  switch (instruction.type) {
    case 'WORKDIR':
      stage.machine.run(`mkdir -p ${instruction.value}`);
      stage.folder = instruction.value;
      return;
    case 'RUN':
      stage.machine.run(instruction.command, { cwd: stage.folder, env: stage.env });
      return;
    case 'COPY':
      copy(
        instruction,
        stage,
        stages.find(({ name }) => name !== undefined && name === instruction.from),
        context,
      );
      return;
    case 'VOLUME':
      stage.machine.run(`test -d ${instruction.value}`);
      return;
    default:
      note(instruction, stage);
  }
}

/** What counts once the image is started. */
function note(
  instruction: Exclude<Instruction, { type: 'FROM' | 'WORKDIR' | 'RUN' | 'COPY' | 'VOLUME' }>,
  stage: Stage,
): void {
  switch (instruction.type) {
    case 'ENV':
      stage.env[instruction.name] = instruction.value;
      return;
    case 'USER':
      stage.user = instruction.value;
      return;
    case 'ENTRYPOINT':
      stage.entrypoint = instruction.words;
      return;
    case 'CMD':
      stage.cmd = instruction.words;
      return;
    case 'HEALTHCHECK':
      stage.health = instruction.words;
      return;
    case 'EXPOSE':
      return;
    default:
      unreachable(instruction);
  }
}

/** A folder is copied with what is in it; what is missing fails. Source: Dockerfile reference, "COPY". */
function copy(
  instruction: Extract<Instruction, { type: 'COPY' }>,
  stage: Stage,
  from: Stage | undefined,
  context: string,
): void {
  const { sources, to } = instruction;
  if (instruction.from !== undefined) {
    if (from === undefined) throw new Error(`there is no stage ${instruction.from}`);
    for (const source of sources) copyFolder(from, source, stage, to);
    return;
  }
  const isFolder = to.endsWith('/') || sources.length > 1;
  for (const source of sources) {
    const copied = `if [ -d "$file" ]; then mkdir -p ${to} && cp -a "$file/." ${to}; else cp -a "$file" ${to}; fi`;
    const script = `${isFolder ? `mkdir -p ${to};` : ''} for file in ${context}/${source}; do ${copied} || exit 1; done`;
    stage.machine.run(script, { cwd: stage.folder });
  }
}

function copyFolder(from: Stage, source: string, stage: Stage, to: string): void {
  const read = [...from.machine.enter(source), 'tar', '-cf', '-', '.'];
  const write = [...stage.machine.enter(stage.folder), 'sh', '-c', `"mkdir -p ${to} && tar -C ${to} -xf -"`];
  execFileSync('bash', ['-o', 'pipefail', '-c', `${read.join(' ')} | ${write.join(' ')}`], { env: ROOT_ENV });
}

function asUser(
  { machine, env, folder, user, entrypoint, cmd }: Stage,
  args: readonly string[],
  start = entrypoint,
): string[] {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const words = [...start, ...(args.length > 0 ? args : cmd)];
  return [...machine.enter(folder), 'runuser', '-u', user, '--', 'env', ...variables, ...words];
}
