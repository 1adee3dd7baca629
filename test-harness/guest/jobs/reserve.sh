# Persistent reservations between two initiators. LUN (0) of TARGET.  FIRST, SECOND: disks of two nexus, where something else made them.
. /payload/inside/lib
if [ -z "${FIRST:-}" ]; then
    for name in one two; do
        iface_new $name "$INITIATOR-$name"
        node_new $name "$TARGET" "$PORTAL"
        expect "initiator $name logs in" node_login $name "$TARGET" "$PORTAL" || verdict
    done
    FIRST=$(session_disk one "$TARGET" "$LUN") && SECOND=$(session_disk two "$TARGET" "$LUN")
fi
expect "two disks: $FIRST and $SECOND" [ -b "$FIRST" -a -b "$SECOND" -a "$FIRST" != "$SECOND" ] || verdict
one() { sg_persist --no-inquiry "$@" "$FIRST"; }
two() { sg_persist --no-inquiry "$@" "$SECOND"; }
A=0xa0a0 B=0xb0b0b0 C=0xc0c0c0c0
writes() { sg_dd if=/dev/zero of="$1" bs=512 bpt=8 count=8 blk_sgio=1 > /tmp/dd.out 2>&1; }
reads() { sg_dd if="$1" of=/dev/null bs=512 bpt=8 count=8 blk_sgio=1 > /tmp/dd.out 2>&1; }
says_not() { ! says_quietly "$@"; }
says_quietly() { pattern=$1; shift; "$@" 2>&1 | grep -Eq -- "$pattern"; }
attention() { sg_turs "$1" > /dev/null 2>&1; sg_turs "$1" > /dev/null 2>&1; true; } # what another nexus did is told once

expect "the disk is free of what an earlier run left" one --out --register-ignore --param-sark=$A
one --out --clear --param-rk=$A > /dev/null 2>&1
attention "$SECOND"
says "report capabilities" "Persistent Reserve Out|Write Exclusive|Type Mask Valid|PTPL" one --in --report-capabilities
says "no key is registered" "no registered|there are NO" one --in --read-keys
refuse "reserving without a key is refused" one --out --reserve --param-rk=$A --prout-type=1
expect "one registers" one --out --register --param-sark=$A
expect "two registers" two --out --register --param-sark=$B
attention "$FIRST"
says "both keys are read by one" "$B" one --in --read-keys
says "and by two" "$A" two --in --read-keys
says "full status names the initiators" "iqn" two --in --read-full-status
refuse "a wrong key is refused" one --out --reserve --param-rk=0x1234 --prout-type=1

for type in 1 3 5 6 7 8; do
    expect "type $type: one reserves" one --out --reserve --param-rk=$A --prout-type=$type
    says "type $type: two sees it" "scope: LU_SCOPE" two --in --read-reservation
    case $type in
    1) expect "type $type: two may read" reads "$SECOND"; refuse "type $type: two may not write" writes "$SECOND" ;;
    3) refuse "type $type: two may not read" reads "$SECOND"; refuse "type $type: two may not write" writes "$SECOND" ;;
    *) expect "type $type: a registrant may write" writes "$SECOND" ;;
    esac
    expect "type $type: one may write" writes "$FIRST"
    case $type in
    7 | 8) ;;
    *) refuse "type $type: two may not reserve" two --out --reserve --param-rk=$B --prout-type=$type ;;
    esac
    expect "type $type: one releases" one --out --release --param-rk=$A --prout-type=$type
    attention "$SECOND"
    says "type $type: nothing is held" "NO reservation" two --in --read-reservation
done

expect "one reserves for itself" one --out --reserve --param-rk=$A --prout-type=1
expect "two preempts it" two --out --preempt --param-rk=$B --param-sark=$A --prout-type=1
says "two holds it now" "$B" two --in --read-reservation
attention "$FIRST"
refuse "one may not write" writes "$FIRST"
expect "one's key is gone" says_not "$A" two --in --read-keys
expect "one registers again" one --out --register --param-sark=$C
attention "$SECOND"
expect "one preempts and aborts" one --out --preempt-abort --param-rk=$C --param-sark=$B --prout-type=3
says "one holds it" "$C" one --in --read-reservation
attention "$SECOND"
refuse "two may not read" reads "$SECOND"
expect "one clears everything" one --out --clear --param-rk=$C
says "no key is left" "no registered|there are NO" one --in --read-keys
attention "$SECOND"
expect "two may write again" writes "$SECOND"
expect "nothing wrong in the kernel's log" sh -c '! dmesg | grep -E "Call Trace|blocked for more than|detected conn error"'
verdict
