/** A real Node-RED with the package as npm would install it, driven as the editor drives it: over its HTTP API and its socket. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { WebSocket } from 'ws';

/** A node of a flow, as the editor saves it. */
export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly [name: string]: unknown;
}

/** What a debug node showed. */
export interface Shown {
  readonly id: string;
  readonly msg: string;
}

export interface NodeRed {
  readonly shown: readonly Shown[];
  /** Deploys: by default all of it, as the editor's button does. */
  deploy(flow: readonly FlowNode[], type?: 'full' | 'nodes'): Promise<void>;
  /** Presses the button of an inject node. */
  press(id: string): Promise<void>;
  get(path: string): Promise<unknown>;
  /** The status of a node, as the editor shows it. */
  status(id: string): string | undefined;
  /** Resolves once the status of a node matches. */
  whenStatus(id: string, pattern: RegExp): Promise<void>;
  /** Resolves with the first thing a debug node shows, from the `since`-th of all on, that matches. */
  whenShown(id: string, pattern: RegExp, since?: number): Promise<string>;
  stop(): Promise<void>;
  /** Ends it as a crash does, and starts it anew with the flow that it has; what was shown before is gone. */
  restart(): Promise<NodeRed>;
}

export async function startNodeRed(): Promise<NodeRed> {
  return startIn(await makeUserDirectory());
}

/** `userDir` is removed in the end. */
export async function startIn(userDir: string): Promise<NodeRed> {
  const child = fork('test/node-red/node-red-program.mjs', [userDir], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [{ port }] = await once(child, 'message');
  const base = `http://127.0.0.1:${port}`;
  const editor = await openEditor(`ws://127.0.0.1:${port}/comms`);

  async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<void> {
    const answer = await fetch(`${base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }

  return {
    ...editor,
    deploy: (flow, type = 'full') => post('/flows', flow, { 'Node-RED-Deployment-Type': type }),
    press: (id) => post(`/inject/${id}`, {}),
    get: async (path) => (await fetch(`${base}${path}`, { headers: { accept: 'application/json' } })).json(),
    async stop() {
      editor.close();
      child.disconnect();
      await once(child, 'exit');
      await rm(userDir, { recursive: true, force: true });
    },
    async restart() {
      editor.close();
      child.kill('SIGKILL');
      await once(child, 'exit');
      return startIn(userDir);
    },
  };
}

/** The package is a copy; what it depends on is this tree, which is built before the tests. */
async function makeUserDirectory(): Promise<string> {
  const userDir = await mkdtemp(join(tmpdir(), 'tandem-node-red-'));
  const modules = join(userDir, 'node_modules');
  await mkdir(modules);
  await cp('packages/node-red-contrib-tandem', join(modules, 'node-red-contrib-tandem'), { recursive: true });
  await symlink(resolve('.'), join(modules, 'tandem-broker'));
  return userDir;
}

type Editor = Pick<NodeRed, 'shown' | 'status' | 'whenStatus' | 'whenShown'> & { close(): void };

/** What the editor is told: the status of nodes, and what debug nodes show. */
async function openEditor(url: string): Promise<Editor> {
  const socket = new WebSocket(url);
  const statuses = new Map<string, string>();
  const shown: Shown[] = [];
  const looking = new Set<() => void>();

  socket.on('message', (text) => {
    for (const { topic, data } of [JSON.parse(String(text))].flat()) {
      if (topic === 'debug') shown.push(data);
      else if (topic?.startsWith('status/')) statuses.set(topic.slice('status/'.length), data.text ?? '');
    }
    for (const look of looking) look();
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ subscribe: 'status/#' }));
  socket.send(JSON.stringify({ subscribe: 'debug' }));

  function when<Value>(find: () => Value | undefined): Promise<Value> {
    return new Promise((resolve) => {
      function look(): void {
        const value = find();
        if (value === undefined) return;
        looking.delete(look);
        resolve(value);
      }
      looking.add(look);
      look();
    });
  }

  return {
    shown,
    status: (id) => statuses.get(id),
    whenStatus: (id, pattern) => when(() => (pattern.test(statuses.get(id) ?? '') ? true : undefined)).then(() => {}),
    whenShown: (id, pattern, since = 0) =>
      when(() => shown.slice(since).find((one) => one.id === id && pattern.test(String(one.msg)))?.msg),
    close: () => socket.close(),
  };
}
