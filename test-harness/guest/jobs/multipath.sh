# Two paths to one disk under dm-multipath; one is killed under a verified load, comes back, then the other is. Then, as the control, both.
#   PORTAL, PORTAL2: the two ways; ASK kill|mend 1|2 is done outside
. /payload/inside/lib
mkdir -p /run/udev /run/lock /etc/multipath
touch /etc/machine-id
/lib/systemd/systemd-udevd --daemon > /run/udevd.log 2>&1
udevadm trigger --action=add > /dev/null 2>&1
udevadm settle --timeout=60
for module in dm_mod dm_multipath dm_service_time dm_round_robin; do modprobe $module || not_ok "modprobe $module"; done
cat > /etc/multipath.conf << 'CONF'
defaults {
    user_friendly_names yes
    find_multipaths no
    polling_interval 1
    max_polling_interval 1
    path_checker tur
    no_path_retry fail
    failback immediate
}
blacklist { devnode "^vd" }
CONF
iface_new paths "$INITIATOR"
for portal in "$PORTAL" "$PORTAL2"; do
    node_new paths "$TARGET" "$portal"
    for setting in node.session.timeo.replacement_timeout=3 "node.conn[0].timeo.noop_out_interval=1" "node.conn[0].timeo.noop_out_timeout=2"; do
        node_set paths "$TARGET" "$portal" "${setting%=*}" "${setting##*=}"
    done
    expect "login over $portal" node_login paths "$TARGET" "$portal" || verdict
done
first=$(session_disk paths "$TARGET" 0 "${PORTAL##*:}") && second=$(session_disk paths "$TARGET" 0 "${PORTAL2##*:}")
expect "two disks: $first and $second" [ -b "$first" -a -b "$second" -a "$first" != "$second" ] || verdict
multipathd > /run/multipathd.log 2>&1
udevadm settle --timeout=60

map() { dmsetup ls --target multipath 2>/dev/null | sed -n '1s/[[:space:]].*//p'; }
# paths STATE: how many paths the map has in the state (A active, F failed)
paths() { dmsetup status "$(map)" | grep -o " [0-9]*:[0-9]* $1 " | wc -l; }
# until_paths STATE COUNT SECONDS
until_paths() {
    waited=0
    until [ "$(paths "$1")" = "$2" ]; do
        waited=$((waited + 1))
        [ $waited -lt $(($3 * 5)) ] || return 1
        sleep 0.2
    done
}
waited=0
until [ -n "$(map)" ] && [ -b /dev/mapper/$(map) ]; do
    waited=$((waited + 1))
    [ $waited -lt 150 ] || { not_ok "no map appeared"; tail -n 20 /run/multipathd.log; multipath -v3 | tail -n 30; verdict; }
    sleep 0.2
done
disk=/dev/mapper/$(map)
expect "both paths are active" until_paths A 2 20
says "multipath sees one disk over two ports" "SPNDRFT" multipath -ll

load() { # SECONDS FILE: verified writes; what fio ends with
    fio --name=job --filename="$disk" --direct=1 --ioengine=libaio --rw=randwrite --bs=4k --iodepth=4 --size=16m --rate_iops=150 --time_based \
        --runtime="$1" --verify=crc32c --verify_backlog=256 --verify_fatal=1 --output="$2" --output-format=json
}
moved() { sed -n 's/.*"io_bytes" : \([0-9]*\).*/\1/p' "$1" | awk '{s+=$1} END {print s+0}'; }
errors() { sed -n 's/.*"error" : \([0-9]*\).*/\1/p' "$1" | sort -rn | head -n 1; }

load "${SECONDS_OF_LOAD:-35}" /tmp/load.json > /tmp/load.out 2>&1 &
loading=$!
sleep 3
expect "the first path is killed" ask kill 1
expect "the kernel sees it" until_paths F 1 25
sleep 2
expect "it comes back" ask mend 1
expect "both paths are active again" until_paths A 2 40
expect "the second path is killed" ask kill 2
expect "the kernel sees it" until_paths F 1 25
expect "fio is still at work" kill -0 $loading
wait $loading
status=$?
expect "fio saw no error" [ $status = 0 -a "$(errors /tmp/load.json)" = 0 ] || tail -n 20 /tmp/load.out
bytes=$(moved /tmp/load.json)
expect "fio moved $bytes bytes" [ "$bytes" -gt 1000000 ]
expect "the first path carries alone" [ "$(paths A)" = 1 ]

load 15 /tmp/control.json > /tmp/control.out 2>&1 &
loading=$!
sleep 2
expect "control: the first path is killed too" ask kill 1
wait $loading
status=$?
expect "control: fio fails without a path" [ $status != 0 -o "$(errors /tmp/control.json)" != 0 ]
figure "{\"multipath_bytes\": $bytes, \"control_status\": $status}"
verdict
