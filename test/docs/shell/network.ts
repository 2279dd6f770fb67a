/** How this machine reaches a registry, where that takes more than a name: for whoever types. A Node.js that a system did not build knows none of its certificates. */
const NAMES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

export const NETWORK_ENV: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    NAMES.includes(name.toUpperCase()) && value !== undefined ? [[name, value]] : [],
  ),
);
