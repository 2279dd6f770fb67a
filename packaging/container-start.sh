#!/bin/sh
# Runs `tandem` with the rights to Bluetooth where the container has them, and without where it has not.
set -eu
node=/usr/local/bin/node-with-radio
"$node" --version >/dev/null 2>&1 || node=/usr/local/bin/node
exec "$node" /opt/tandem/node_modules/tandem-broker/bin/tandem.js "$@"
