# EXTENDED COPY between two LUNs of one target, and inside one; nothing of the data comes through the initiator.
. /payload/inside/lib
source=$DISK
destination=
generic() { ls -d /sys/block/"${1##*/}"/device/scsi_generic/* | sed 's,.*/,/dev/,'; } # sg_xcopy finds it by the name that udev would give
for block in $(session_folder=$(ls -d /sys/class/iscsi_session/session* | head -n 1); ls -d $session_folder/device/target*/*:*:*:1/block/*); do
    destination=/dev/${block##*/}
done
expect "the second LUN: $destination" [ -b "$destination" ] || verdict
yes "third-party copy" | head -c 8388608 > /tmp/data
expect "8 MiB are written to the source" dd if=/tmp/data of="$source" bs=1M oflag=direct status=none
sg_turs "$destination" > /dev/null 2>&1
sectors_read() { awk '{print $3}' /sys/block/${1##*/}/stat; }
before=$(sectors_read "$source")
says "RECEIVE COPY RESULTS: operating parameters" "Maximum|maximum" sg_copy_results --params "$source"
expect "sg_xcopy, 8 MiB to the other LUN" sg_xcopy if="$(generic "$source")" of="$(generic "$destination")" bs=512 count=16384 bpt=2048
expect "the kernel read nothing for it" [ $(($(sectors_read "$source") - before)) -lt 64 ]
expect "the data is there" sh -c "dd if=$destination bs=1M count=8 iflag=direct status=none | cmp - /tmp/data"
expect "sg_xcopy inside a LUN, not aligned to a block of the image" sg_xcopy if="$(generic "$source")" of="$(generic "$source")" bs=512 skip=3 seek=40961 count=1025 bpt=1024
expect "the data is there" sh -c "dd if=$source bs=512 skip=40961 count=1025 status=none iflag=direct > /tmp/a; dd if=/tmp/data bs=512 skip=3 count=1025 status=none > /tmp/b; cmp /tmp/a /tmp/b"
refuse "beyond the end is refused" sg_xcopy if="$(generic "$source")" of="$(generic "$destination")" bs=512 seek=$(($(blockdev --getsz "$destination") - 8)) count=16 bpt=16
expect "a write after the copy changes the source alone" sh -c "dd if=/dev/zero of=$source bs=1M count=1 oflag=direct status=none && dd if=$destination bs=1M count=8 iflag=direct status=none | cmp - /tmp/data"
expect "nothing wrong in the kernel's log" kernel_is_calm
verdict
