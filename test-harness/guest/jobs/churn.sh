# Works on the ext4 that is on the disk already until somebody ends the machine: files made, grown, renamed, cut and deleted, folders too, with syncs now and then.
. /payload/inside/lib
expect "mount" mount -t ext4 "$DISK" /mnt || verdict
cd /mnt || verdict
echo "CHURN begins"
round=0
while :; do
    round=$((round + 1))
    folder=d$((round % 17))
    mkdir -p "$folder"
    dd if=/dev/urandom of="$folder/f$((round % 23))" bs=4096 count=$((1 + round % 61)) 2> /dev/null
    mv -f "$folder/f$((round % 23))" "$folder/g$((round % 11))"
    ln -f "$folder/g$((round % 11))" "link$((round % 7))"
    [ $((round % 5)) -ne 0 ] || sync
    [ $((round % 9)) -ne 0 ] || rm -rf "d$(((round + 8) % 17))"
done
