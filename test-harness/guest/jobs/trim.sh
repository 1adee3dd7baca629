# Second half of the space test: the files go, and fstrim tells the disk.
. /payload/inside/lib
expect "the disk takes discards" [ "$(cat /sys/block/${DISK##*/}/queue/discard_max_bytes)" -gt 0 ]
expect "mount" mount -t ext4 "$DISK" /mnt || verdict
expect "remove" rm /mnt/big
sync
expect "fstrim" fstrim -v /mnt
cat /tmp/expect.out
expect "unmount" umount /mnt
expect "fsck" e2fsck -f -n "$DISK"
expect "nothing wrong in the kernel's log" kernel_is_calm
verdict
