#!/bin/sh
# Starts the broker with the options that Home Assistant wrote. What must outlive an update is in /data.
set -eu
export TANDEM_STATE_DIR=/data/tandem
export TANDEM_CONFIG=/data/options.json
exec /opt/tandem/node_modules/.bin/tandem start
