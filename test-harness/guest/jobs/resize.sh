# The disk grows under the session that has it. ASK resize BYTES is done outside.
. /payload/inside/lib
old=$(disk_bytes)
new=$((old * 2))
expect "a file system over the whole disk" mke2fs -q -F -t ext4 "$DISK" || verdict
expect "mount" mount -t ext4 "$DISK" /mnt || verdict
expect "the disk grows outside" ask resize $new
expect "the kernel still has the old size" [ "$(disk_bytes)" = $old ]
# The next command is told of it once: capacity data has changed.
sg_turs --verbose "$DISK" > /tmp/turs 2>&1
says "the unit attention came: capacity data has changed" "Capacity data has changed|Asc=2a.*09|capacity" sh -c "dmesg; cat /tmp/turs 2>/dev/null"
says "READ CAPACITY tells $new bytes" "Number of logical blocks=$((new / 512))" sg_readcap --16 "$DISK"
iscsiadm -m node -T "$TARGET" -p "$PORTAL" -R > /tmp/rescan.out 2>&1
echo 1 > /sys/block/${DISK##*/}/device/rescan
expect "after a rescan the kernel has the new size" [ "$(disk_bytes)" = $new ]
expect "the file system grows while it is mounted" resize2fs "$DISK"
expect "and can hold more than before" sh -c "[ \$(stat -f -c '%b * %S' /mnt | sed 's/ \* / /' | awk '{print int(\$1 * \$2 / 1048576)}') -gt $((old / 1048576)) ]"
expect "unmount" umount /mnt
expect "fsck" e2fsck -f -n "$DISK"
expect "nothing wrong in the kernel's log" kernel_is_calm
verdict
