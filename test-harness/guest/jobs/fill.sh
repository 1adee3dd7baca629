# First half of the space test: a file system with FILL_MB (64) of files that cannot be compressed.
. /payload/inside/lib
expect "mkfs.ext4" mke2fs -q -F -t ext4 "$DISK" || verdict
expect "mount" mount -t ext4 "$DISK" /mnt || verdict
expect "write ${FILL_MB:-64} MiB" sh -c "head -c $(( ${FILL_MB:-64} * 1048576 )) /dev/urandom > /mnt/big"
expect "unmount" umount /mnt
expect "nothing wrong in the kernel's log" kernel_is_calm
verdict
