/** The contract as one page for people: plain HTML without a script, so that nothing leaves the gateway's origin. */
import { ERRORS } from '../../protocol/errors.js';
import { HTTP_ROUTES } from '../../protocol/http-routes.js';
import { HTTP_STATUS } from '../../protocol/http-status.js';
import type { HttpRoute } from '../../protocol/http-types.js';
import { METHODS } from '../../protocol/methods.js';
import { NOTIFICATIONS } from '../../protocol/notifications.js';
import { exampleOf } from './example.js';
import { type JsonSchema, toJson } from './json-schema.js';

export function createDocsPage(version: string): string {
  const methods = Object.entries(METHODS).map(([name, row]) => methodSection(name, row));
  const notifications = Object.entries(NOTIFICATIONS).map(([name, schema]) =>
    section(name, 'The gateway sends this on its own account.', fieldTable('params', toJson(schema))),
  );
  const routes = Object.entries(HTTP_ROUTES).map(([name, route]) => routeSection(name, route));
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Tandem gateway ${escapeHtml(version)}</title><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/docs/style.css"></head>
<body>
<h1>Tandem gateway ${escapeHtml(version)}</h1>
<p>JSON-RPC 2.0 over a WebSocket at <code>/v1/ws</code>, and the same calls over HTTP. For programs:
<a href="/asyncapi.json">AsyncAPI</a>, <a href="/openapi.json">OpenAPI</a>, <a href="/v1/schema">JSON Schemas</a>.</p>
<nav>${[...Object.keys(METHODS), ...Object.keys(NOTIFICATIONS)].map((name) => `<a href="#${name}">${name}</a>`).join(' ')}</nav>
<h2>Methods</h2>${methods.join('')}
<h2>Notifications</h2>${notifications.join('')}
<h2>HTTP</h2>${routes.join('')}
<h2>Errors</h2>${errorTable()}
</body></html>
`;
}

export const DOCS_STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
code,pre{font-family:ui-monospace,monospace;font-size:.9em}pre{background:#f4f4f4;padding:.6rem;overflow:auto}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #ccc;padding:.2rem .5rem;text-align:left;vertical-align:top}
nav a{display:inline-block;margin-right:.6rem}section{border-top:1px solid #ccc}a{color:#0550ae}
@media (prefers-color-scheme:dark){body{background:#16181c;color:#ddd}pre{background:#23262b}a{color:#79b8ff}th,td,section{border-color:#444}}
`;

function methodSection(
  name: string,
  { params, result, scope, needs, doc }: (typeof METHODS)[keyof typeof METHODS],
): string {
  const schema = toJson(params);
  const call = { jsonrpc: '2.0', id: 1, method: name, params: exampleOf(schema) ?? {} };
  const rules = `${doc} Scope: ${scope}. Needs: ${needs}.`;
  return section(name, rules, fieldTable('params', schema), fieldTable('result', toJson(result)), example(call));
}

function routeSection(name: string, route: HttpRoute): string {
  const { verb, path, doc, scope, query = {}, takesKey = false, body, result } = route;
  const rows = Object.entries(query).map(([key, { schema, doc: words }]) => [key, typeOf(toJson(schema)), words]);
  return section(
    `http-${name}`,
    `${verb} ${path}: ${doc} Scope: ${scope}.${takesKey ? ' Takes Idempotency-Key.' : ''}`,
    rows.length === 0 ? '' : table(['query', 'type', ''], rows),
    body === undefined ? '' : fieldTable('body', toJson(body)),
    result === undefined ? '' : fieldTable('answer', toJson(result)),
  );
}

function section(name: string, words: string, ...parts: readonly string[]): string {
  return `<section id="${escapeHtml(name)}"><h3><a href="#${escapeHtml(name)}">${escapeHtml(name)}</a></h3><p>${escapeHtml(words)}</p>${parts.join('')}</section>\n`;
}

/** One row a field; what is within a field follows it, with its path. */
function fieldTable(what: string, schema: JsonSchema): string {
  const rows = fieldRows('', schema);
  if (rows.length === 0) return `<p>${what}: <code>${escapeHtml(typeOf(schema))}</code></p>`;
  return table([what, 'type', ''], rows);
}

function fieldRows(path: string, schema: JsonSchema): string[][] {
  const { properties = {}, required = [], items } = schema.anyOf?.[0] ?? schema;
  const within = items === undefined ? [] : fieldRows(`${path}[]`, items);
  const fields = Object.entries(properties).flatMap(([name, field]) => {
    const inner = path === '' ? name : `${path}.${name}`;
    return [[inner, typeOf(field), required.includes(name) ? 'required' : 'optional'], ...fieldRows(inner, field)];
  });
  return [...within, ...fields];
}

function typeOf({ type = 'any', enum: values, anyOf, items, 'x-extensible-enum': known }: JsonSchema): string {
  if (known !== undefined) return [...known.map((value) => JSON.stringify(value)), '…'].join(' | ');
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' | ');
  return items === undefined ? type : `array of ${typeOf(items)}`;
}

function errorTable(): string {
  const rows = Object.entries(ERRORS).map(([kind, { code, message, isRetryable }]) => {
    const status = HTTP_STATUS[kind as keyof typeof ERRORS] ?? ''; // its own key
    return [kind, `${code}`, `${status}`, isRetryable ? 'yes' : 'no', message];
  });
  return table(['kind', 'code', 'HTTP', 'retry', 'message'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${line(head, 'th')}${rows.map((cells) => line(cells, 'td')).join('')}</table>`;
}

function example(value: object): string {
  return `<pre>${escapeHtml(JSON.stringify(value))}</pre>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
