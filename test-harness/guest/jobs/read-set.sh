# A machine that lives on the LUN: reads the files that /etc/spindrift/read-set names, as a start would, and tells how many distinct
# blocks it read. In root mode only.
. /payload/inside/lib
start=$(cut -d' ' -f1 /proc/uptime)
expect "the root is the LUN" grep -q "^$DISK / ext4" /proc/mounts
expect "files of the set read and right" sh -c 'cd / && sha256sum -c --quiet /etc/spindrift/read-set'
files=$(wc -l < /etc/spindrift/read-set)
sectors=$(awk '{print $3}' /sys/block/${DISK##*/}/stat)
figure "{\"boot_seconds\": $(cut -d' ' -f1 /proc/uptime), \"set_seconds\": $(echo $start $(cut -d' ' -f1 /proc/uptime) | awk '{print $2-$1}'), \"files\": $files, \"read_bytes\": $((sectors * 512))}"
expect "nothing wrong in the kernel's log" kernel_is_calm
verdict
