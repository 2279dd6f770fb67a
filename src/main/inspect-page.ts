/** The page of `tandem inspect`: shows the Stately inspector in a frame, and hands it what comes over the WebSocket. */

/** What a server answers, by path. `inspector` is the address of the page that draws. */
export function inspectPage(inspector: URL): ReadonlyMap<string, readonly [type: string, body: string]> {
  return new Map([
    ['/', ['text/html; charset=utf-8', html(inspector)] as const],
    ['/inspect.js', ['text/javascript; charset=utf-8', SCRIPT] as const],
    ['/inspect.css', ['text/css; charset=utf-8', STYLE] as const],
  ]);
}

/** Nothing is loaded but the page's own files and the inspector. */
export function inspectPolicy(inspector: URL, port: number): string {
  const sockets = ['localhost', '127.0.0.1'].map((host) => `ws://${host}:${port}`);
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    'img-src data:',
    `connect-src ${sockets.join(' ')}`,
    `frame-src ${inspector.origin}`,
    "frame-ancestors 'none'",
  ].join('; ');
}

/** An address has no quotation marks. */
function html({ href }: URL): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Tandem: inspector</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/inspect.css">
    <script src="/inspect.js" defer></script>
  </head>
  <body data-inspector="${href}">
    <p role="status">Waiting for ${href}</p>
  </body>
</html>
`;
}

const STYLE = `html, body { height: 100%; margin: 0; font: 14px sans-serif; }
body { display: flex; flex-direction: column; }
p { margin: 0; padding: 4px 8px; }
iframe { flex: 1; border: 0; }
`;

/** The inspector says once that it listens, so the frame comes after the listener; all that there is to tell comes on every connection. */
const SCRIPT = `const { inspector } = document.body.dataset;
const { origin } = new URL(inspector);
const status = document.querySelector('p');
const frame = document.createElement('iframe');
let socket;

addEventListener('message', (message) => {
  if (message.source !== frame.contentWindow || message.origin !== origin) return;
  if (message.data?.type === '@statelyai.connected') connect();
});
frame.src = inspector;
frame.title = 'Inspector';
document.body.append(frame);

function connect() {
  socket?.close();
  const opened = new WebSocket('ws://' + location.host);
  socket = opened;
  opened.onopen = () => show('Sessions of Tandem, live');
  opened.onmessage = ({ data }) => frame.contentWindow.postMessage(JSON.parse(data), origin);
  opened.onclose = ({ reason }) => socket === opened && show('Not connected: ' + (reason || 'tandem inspect has ended.'));
}

function show(words) {
  status.textContent = words;
}
`;
