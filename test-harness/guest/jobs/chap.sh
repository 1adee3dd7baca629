# CHAP one way and both ways, each hash, wrong secrets, discovery, digests. Nothing is logged in when it begins.
#   ONE, BOTH: targets that want proof from the initiator, and that give theirs as well; OPEN: one that wants none
#   CHAP_USER, CHAP_SECRET, CHAP_TARGET, CHAP_TARGET_SECRET
. /payload/inside/lib
iface_new chap "$INITIATOR"
set_chap() { # TARGET USER SECRET [TARGET-USER TARGET-SECRET]
    node_set chap "$1" "$PORTAL" node.session.auth.authmethod CHAP
    node_set chap "$1" "$PORTAL" node.session.auth.username "$2"
    node_set chap "$1" "$PORTAL" node.session.auth.password "$3"
    [ -z "${4:-}" ] || node_set chap "$1" "$PORTAL" node.session.auth.username_in "$4"
    [ -z "${5:-}" ] || node_set chap "$1" "$PORTAL" node.session.auth.password_in "$5"
}
no_session() { ! session_of chap "$1"; }
for target in "$ONE" "$BOTH" "$OPEN"; do
    node_new chap "$target" "$PORTAL"
    # a refused login is tried again for two minutes otherwise
    node_set chap "$target" "$PORTAL" node.session.initial_login_retry_max 1
done

refused=4
refuse "no proof: refused" node_login chap "$ONE" "$PORTAL"
set_chap "$ONE" "$CHAP_USER" "not-the-secret-at-all"
fails_with "a wrong secret: refused as an authentication failure" "authorization failure|24" node_login chap "$ONE" "$PORTAL"
set_chap "$ONE" "somebody.else" "$CHAP_SECRET"
refuse "an unknown user: refused" node_login chap "$ONE" "$PORTAL"
expect "nothing is logged in" no_session "$ONE"
for hash in MD5 SHA1 SHA256 SHA3-256; do
    set_chap "$ONE" "$CHAP_USER" "$CHAP_SECRET"
    node_set chap "$ONE" "$PORTAL" node.session.auth.chap_algs $hash
    expect "CHAP with $hash" node_login chap "$ONE" "$PORTAL" || continue
    disk=$(session_disk chap "$ONE" 0)
    expect "CHAP with $hash: the disk can be read" read_blocks "$disk" 0 16
    expect "CHAP with $hash: logout" node_logout chap "$ONE" "$PORTAL"
done

set_chap "$BOTH" "$CHAP_USER" "$CHAP_SECRET" "$CHAP_TARGET" "not-the-target's-secret"
refuse "a target whose proof is wrong: this initiator leaves" node_login chap "$BOTH" "$PORTAL"
expect "nothing is logged in" no_session "$BOTH"
set_chap "$BOTH" "$CHAP_USER" "$CHAP_SECRET" "$CHAP_TARGET" "$CHAP_TARGET_SECRET"
if expect "mutual CHAP" node_login chap "$BOTH" "$PORTAL"; then
    disk=$(session_disk chap "$BOTH" 0)
    says "both names are in the session" "$CHAP_TARGET" cat "$(session_of chap "$BOTH")/username_in"
    expect "mutual CHAP: the disk can be read" read_blocks "$disk" 0 16
    expect "mutual CHAP: logout" node_logout chap "$BOTH" "$PORTAL"
fi

refuse "discovery without proof: refused" timeout 40 iscsiadm -m discovery -t sendtargets -p "$PORTAL"
cat >> /etc/iscsi/iscsid.conf << SETTINGS
discovery.sendtargets.auth.authmethod = CHAP
discovery.sendtargets.auth.username = $CHAP_USER
discovery.sendtargets.auth.password = $CHAP_SECRET
SETTINGS
says "discovery with CHAP" "$ONE" timeout 40 iscsiadm -m discovery -t sendtargets -p "$PORTAL" -o nonpersistent

for digest in HeaderDigest DataDigest; do node_set chap "$OPEN" "$PORTAL" "node.conn[0].iscsi.$digest" CRC32C; done
if expect "login with digests" node_login chap "$OPEN" "$PORTAL"; then
    disk=$(session_disk chap "$OPEN" 0)
    connection=$(ls -d "$(session_of chap "$OPEN")"/device/connection*/iscsi_connection/*)
    says "header digests are on" '^1$' cat "$connection/header_digest"
    says "data digests are on" '^1$' cat "$connection/data_digest"
    expect "verified writes under digests" fio --name=job --filename="$disk" --direct=1 --ioengine=libaio --rw=randwrite --bsrange=512-128k \
        --blockalign=512 --iodepth=8 --size=8m --verify=crc32c --verify_fatal=1 --output=/tmp/fio.json --output-format=json
    moved=$(sed -n 's/.*"io_bytes" : \([0-9]*\).*/\1/p' /tmp/fio.json | awk '{s+=$1} END {print s+0}')
    expect "fio moved $moved bytes" [ "$moved" -gt 8388608 ]
    expect "digests: logout" node_logout chap "$OPEN" "$PORTAL"
fi
expect "no more connections ended than were refused" [ "$(dmesg | grep -c 'detected conn error')" -le $refused ]
expect "nothing else wrong in the kernel's log" sh -c '! dmesg | grep -E "I/O error|blocked for more than|Call Trace"'
verdict
