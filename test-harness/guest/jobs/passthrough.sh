# A guest whose two disks are the same LUN through two sessions of QEMU's initiator, commands passed on: reservations are the target's.
. /payload/inside/lib
set -- $(ls -d /sys/block/sd* | sed 's,.*/,/dev/,')
expect "two disks: $*" [ $# = 2 ] || verdict
says "INQUIRY comes from the target" "SPNDRFT" sg_inq "$1"
expect "both are one unit" sh -c "[ \"\$(sg_vpd --raw --page=di $1 | sha256sum)\" = \"\$(sg_vpd --raw --page=di $2 | sha256sum)\" ]"
echo "FIRST=$1 SECOND=$2" >> /payload/settings
verdict
