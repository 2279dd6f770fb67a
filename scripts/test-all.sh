#!/usr/bin/env bash
# `npm run test:all`: installs what the tests need, and runs them all. Debian's packages only as root; without, it says what is left out.
# The last line says how many tests passed and failed; the exit status says whether all is well.
set -euo pipefail
cd "$(dirname "$0")/.."
exec </dev/null

# What no one here wrote: a WebSocket client, an MQTT broker, proxies, an SCXML compiler, a browser, Bluetooth controllers, a kernel and a machine for it.
packages=""
lacking=()
# need PACKAGES FOR-WHAT COMMAND: the packages are missing where the command fails.
need() { "${@:3}" >/dev/null 2>&1 || { packages="$packages $1" && lacking+=("$2: $1"); }; }
need "python3 python3-websockets" "the gateway with a client in Python" /usr/bin/python3 -c 'import websockets'
need "bluez bluez-test-tools" "controllers of BlueZ" eval 'command -v btvirt && command -v hciconfig'
need "zsh fish" "completion in shells" eval 'command -v zsh && command -v fish'
need python3-jinja2 "templates of Home Assistant" /usr/bin/python3 -c 'import jinja2'
need "nginx caddy" "proxies" eval 'PATH="$PATH:/usr/sbin" command -v nginx && command -v caddy'
need tshark "captures of the air" tshark --version
need curl "the shell lines of documents" curl --version
need "mosquitto mosquitto-clients openssl" "MQTT" eval 'PATH="$PATH:/usr/sbin" command -v mosquitto && command -v mosquitto_pub && command -v openssl'
need systemd "the unit of systemd" systemd-analyze --version
need "sudo libcap2-bin util-linux" "installing the service and the container" \
  eval 'PATH="$PATH:/sbin:/usr/sbin"; command -v sudo && command -v setcap && command -v unshare && command -v runuser'
need fonts-dejavu-core "pictures of charts" test -e /usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf
need libqt5scxml5-bin "a compiler of SCXML" test -x /usr/lib/qt5/bin/qscxmlc
need chromium "the page in a browser" test -x /usr/bin/chromium
need "gcc g++ make python3 libc6-dev" "the native Bluetooth socket" \
  eval 'command -v gcc && command -v g++ && command -v make && command -v python3'
need "qemu-system-x86 busybox-static cpio kmod xz-utils" "sessions under a Linux kernel" \
  eval 'command -v qemu-system-x86_64 && command -v busybox && command -v cpio && PATH="$PATH:/sbin:/usr/sbin" command -v depmod && command -v xz'
if [ -n "$packages" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # one word each
    timeout 300 bash -c "apt-get update -q && apt-get install -y -q --no-install-recommends $packages" || true
  else
    echo "Only root on Debian can have this installed, so these tests are left out:"
    printf -- '- %s\n' "${lacking[@]}"
    echo "To run them: sudo apt-get install$packages"
  fi
fi

timeout 240 npm ci
# Node-RED, for the tests of its nodes, an SCXML engine, for those of the charts, and other Node.js; without them those tests fail and say so.
timeout 240 npm ci --prefix test/node-red/runtime || true
timeout 120 npm ci --prefix test/charts/engine || true
timeout 240 npm ci --prefix test/installed/nodes || true

status=0
step() {
  echo "== $*"
  "$@" || { echo "== failed: $*"; status=1; }
}

rm -rf test-results
mkdir test-results
summaries="test-results/summary.json test-results/installed.json"
export npm_config_fund=false npm_config_audit=false
step timeout 300 npm run check
step timeout 1500 npm test
# What depends on Node.js, on the others. It runs beside the tests of installing, which wait most of the time.
other_nodes() {
  local version node failed=0
  for version in 20.19 22 24; do
    node="$PWD/test/installed/nodes/node_modules/node-$version/bin"
    echo "== test:core on Node.js $version"
    if [ ! -x "$node/node" ]; then
      echo "It is missing: npm ci --prefix test/installed/nodes"
      [ "${CI:-}" != true ] || failed=1
      continue
    fi
    timeout 600 env PATH="$node:$PATH" npm run test:core -- --outputFile.json="test-results/node-$version.json" \
      || { echo "== failed: test:core on Node.js $version"; failed=1; }
  done
  return "$failed"
}
other_nodes >test-results/other-nodes.log 2>&1 &
beside=$!
step timeout 1200 npm run test:installed
wait "$beside" || status=1
cat test-results/other-nodes.log
for version in 20.19 22 24; do
  [ ! -f "test-results/node-$version.json" ] || summaries="$summaries test-results/node-$version.json"
done
step timeout 120 npm run examples
if command -v g++ >/dev/null || [ "${CI:-}" = true ]; then
  # The native socket is compiled with node's own headers where they are installed, and node-gyp need not fetch them.
  headers=$(node -p "require('node:path').resolve(process.execPath, '../..')")
  [ ! -f "$headers/include/node/node.h" ] || export npm_config_nodedir="${npm_config_nodedir:-$headers}"
  step timeout 120 npm run build:radio
fi
step timeout 600 npm run test:kernel
[ ! -f test-results/kernel.json ] || summaries="$summaries test-results/kernel.json"
# shellcheck disable=SC2086 # one word each
node scripts/closing-line.mjs $summaries || status=1
exit "$status"
