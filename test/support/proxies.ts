/** Real proxies in front of a gateway. */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { makeTemporaryDirectory } from '../main/recorded-io.js';
import { findServer, startServer } from './server-process.js';

type Skip = (note: string) => void;

/** nginx with this in its `http` section; it checks the file first. */
export async function startNginx(skip: Skip, http: string): Promise<void> {
  const program = findServer('nginx', skip);
  const directory = await makeTemporaryDirectory();
  const path = join(directory, 'nginx.conf');
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(directory, name)};`,
  );
  const lines = [
    'daemon off;',
    // As root it would change to a user who may not read the directory; for everyone else the line means nothing.
    'user root;',
    `pid ${join(directory, 'pid')};`,
    'error_log stderr notice;',
    'events {}',
    `http { access_log off; ${places.join(' ')}\n${http}\n}`,
  ];
  await writeFile(path, lines.join('\n'));
  execFileSync(program, ['-t', '-q', '-e', 'stderr', '-c', path]);
  const nginx = await startServer(program, ['-e', 'stderr', '-c', path], /start worker process \d+$/);
  onTestFinished(nginx.stop);
}

/** Caddy with this file; it checks it first. What it makes, such as an authority of its own, is in `directory`. */
export async function startCaddy(skip: Skip, caddyfile: string): Promise<{ readonly directory: string }> {
  const program = findServer('caddy', skip);
  const directory = await makeTemporaryDirectory();
  const path = join(directory, 'Caddyfile');
  const options = [
    'admin off',
    'auto_https disable_redirects',
    'skip_install_trust',
    `storage file_system ${directory}`,
  ];
  await writeFile(path, `{\n\t${options.join('\n\t')}\n}\n\n${caddyfile}\n`);
  const env = { ...process.env, HOME: directory };
  const args = ['--config', path, '--adapter', 'caddyfile'];
  execFileSync(program, ['validate', ...args], { stdio: 'pipe', env });
  const caddy = await startServer(program, ['run', ...args], /certificate obtained successfully/, env);
  onTestFinished(caddy.stop);
  return { directory };
}
