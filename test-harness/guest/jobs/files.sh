# A file system made, filled, left, found again through a new session, and checked; the check is checked with a block that is changed below it.  FILES_MB: how much bulk (24).
. /payload/inside/lib
expect "mkfs.ext4" mke2fs -q -F -t ext4 "$DISK" || verdict
expect "mount" mount -t ext4 "$DISK" /mnt || verdict
mkdir -p /mnt/tree/deep
wrong=0
for size in 0 1 511 512 513 4095 4096 4097 65535 65537 1048577 3333333; do
    stream $size $size > /mnt/tree/size.$size || wrong=1
done
count=0
while [ $count -lt 120 ]; do
    echo "small file $count" > /mnt/tree/deep/$count || wrong=1
    count=$((count + 1))
done
rm /mnt/tree/deep/1? && mv /mnt/tree/deep/2 /mnt/tree/deep/moved && ln -s size.512 /mnt/tree/link || wrong=1
head -c $(( ${FILES_MB:-24} * 1048576 )) /dev/urandom > /mnt/tree/bulk || wrong=1
expect "files written" [ $wrong = 0 ]
(cd /mnt/tree && find . -type f | sort | xargs sha256sum) > /tmp/sums
expect "the file system is unmounted" umount /mnt
if [ "$MODE" = initiator ]; then
    expect "logout" iscsi_logout
    expect "no session is left" [ "$(iscsi_sessions)" = 0 ]
    expect "login" iscsi_login || verdict
    DISK=$(iscsi_disk)
    expect "the disk is back: $DISK" [ -b "$DISK" ] || verdict
else
    blockdev --flushbufs "$DISK"
fi
expect "fsck" e2fsck -f -n "$DISK"
expect "mount again" mount -t ext4 "$DISK" /mnt || verdict
expect "$(wc -l < /tmp/sums) checksums" sh -c 'cd /mnt/tree && sha256sum -c --quiet /tmp/sums'
expect "unmount" umount /mnt
# The control: a block of a file that is changed below the file system must be noticed by the same check.
block=$(debugfs -R 'bmap /tree/bulk 7' "$DISK" 2> /dev/null)
expect "block $block of the disk, a file's, is overwritten" sh -c "[ '$block' -gt 0 ] && head -c 4096 /dev/urandom | dd of=$DISK bs=4096 seek=$block conv=fsync"
blockdev --flushbufs "$DISK"
expect "mount once more" mount -t ext4 "$DISK" /mnt || verdict
refuse "the control's checksums" sh -c 'cd /mnt/tree && sha256sum -c --quiet /tmp/sums'
expect "unmount once more" umount /mnt
expect "nothing wrong in the kernel's log" kernel_is_calm
verdict
