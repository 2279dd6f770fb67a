#!/bin/busybox sh
# The guest's first process: loads the modules, puts a layer in memory above the host's files, runs one command among them, powers off.
busybox=/bin/busybox
echo # the BIOS has left its line open
$busybox mount -t proc proc /proc
$busybox mount -t sysfs sysfs /sys
$busybox mount -t devtmpfs devtmpfs /dev
for module in /modules/*; do $busybox insmod "$module" || echo "guest: $module was not loaded"; done

$busybox mount -t 9p -o trans=virtio,version=9p2000.L,msize=524288,ro,cache=loose host /host
$busybox mount -t tmpfs tmpfs /layer
$busybox mkdir /layer/upper /layer/work
$busybox mount -t overlay -o lowerdir=/host,upperdir=/layer/upper,workdir=/layer/work overlay /mnt
$busybox mount -t proc proc /mnt/proc
$busybox mount -t sysfs sysfs /mnt/sys
$busybox mount --bind /dev /mnt/dev
$busybox mount -t tmpfs tmpfs /mnt/run
$busybox ip link set lo up

$busybox cp /command.sh /mnt/run/command.sh
$busybox chroot /mnt /bin/sh /run/command.sh
$busybox poweroff -f
