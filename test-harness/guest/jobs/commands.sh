# What sg3-utils can ask of the disk, each answer looked at. Ends with a disk whose blocks are gone (sg_sanitize).
. /payload/inside/lib
BYTES=$(disk_bytes)
BLOCKS=$((BYTES / 512))

# ---- what it says of itself
says "sg_inq" "Vendor identification: SPNDRFT" sg_inq "$DISK"
says "sg_inq: a disk that is fixed" "RMB=0" sg_inq "$DISK"
says "sg_readcap: $BLOCKS blocks" "Number of logical blocks=$BLOCKS" sg_readcap --16 "$DISK"
says "sg_readcap: thin, reads zeros" "lbpme=1, lbprz=1|lbpme=1.*lbprz=[1-7]" sg_readcap --16 "$DISK"
pages_of() { "$@" | od -An -v -tx1 -j4 | tr -s ' ' '\n' | sed '/^$/d; s/^/0x/' | sort -u; }
pages=$(pages_of sg_vpd --raw --page=sv "$DISK")
for page in $pages; do
    expect "sg_vpd $page" sg_vpd --page=$page "$DISK"
    [ "$(sg_vpd --raw --page=$page "$DISK" | od -An -tu1 -j1 -N1 | tr -d ' ')" = "$((page))" ] && ok "sg_vpd $page: the answer is that page" || not_ok "sg_vpd $page: another page"
done
for page in 0x00 0x80 0x83 0x86 0xb0 0xb1 0xb2 0x8f; do
    case " $(echo $pages) " in *" $page "*) ok "the list has $page" ;; *) not_ok "the list lacks $page: $(echo $pages)" ;; esac
done
refuse "a page that is not there is refused" sg_vpd --page=0xf7 "$DISK"
says "sg_opcodes: a list" "Compare and write" sg_opcodes "$DISK"
for name in "Compare and write" "Write same.16" "Unmap" "Get LBA status" "Persistent reserve out" "Extended copy" "Sanitize" "Log sense" \
    "Mode select.10" "Pre-fetch.16" "Orwrite" "Write and verify.16" "Write atomic" "Report target port groups" "Receive copy" "Reserve.6" \
    "Receive diagnostic" "Verify.16" "Report supported task management"; do
    grep -Eiq "$name" /tmp/expect.out && ok "sg_opcodes has: $name" || not_ok "sg_opcodes lacks: $name"
done
says "sg_opcodes: the usage bitmap of READ(16)" "88 .*ff ff ff ff ff ff ff ff" sg_opcodes --opcode=0x88 "$DISK"
says "sg_opcodes: timeouts are answered" "timeout|Timeout|READ|Read" sg_opcodes --rctd --opcode=0x88 "$DISK"
says "sg_opcodes: one that is not there" "NOT supported|not supported" sg_opcodes --opcode=0x52 "$DISK"
says "sg_opcodes: task management" "Abort task" sg_opcodes --tmf "$DISK"
says "sg_luns" "0000000000000000|Lun list length" sg_luns "$DISK"
expect "sg_turs" sg_turs "$DISK"
expect "sg_requests" sg_requests "$DISK"
says "sg_rtpg: the target port groups" "active/optimized" sg_rtpg --decode "$DISK"

# ---- logs and modes
says "sg_logs lists its pages" "0x00 +Supported log pages|Supported log pages" sg_logs --page=0 "$DISK"
for page in $(pages_of sg_logs --raw --page=0 "$DISK"); do
    expect "sg_logs $page" sg_logs --page=$page "$DISK"
done
says "sg_logs: thin provisioning" "resource|Resource|provisioning" sg_logs --page=0xc "$DISK"
refuse "a log page that is not there is refused" sg_logs --page=0x3d "$DISK"
says "sg_modes: caching and control" "Caching" sg_modes --all "$DISK"
expect "sg_wr_mode: write cache off" sg_wr_mode --page=8 --contents=8,12,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0 --mask=0,0,4 "$DISK"
says "WCE is 0 now" " [08]8 12 00" sg_modes --page=8 --hex "$DISK"
expect "write cache on again" sg_wr_mode --page=8 --contents=8,12,4,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0 --mask=0,0,4 "$DISK"
expect "sg_wr_mode: software write protection" sg_wr_mode --page=0xa --contents=a,a,0,0,8,0,0,0,0,0,0,0 --mask=0,0,0,0,8 "$DISK"
refuse "a write is refused then" sg_dd if=/dev/zero of="$DISK" bs=512 count=8 bpt=8 blk_sgio=1
expect "and taken off again" sg_wr_mode --page=0xa --contents=a,a,0,0,0,0,0,0,0,0,0,0 --mask=0,0,0,0,8 "$DISK"
expect "sg_senddiag: default self test" sg_senddiag --test "$DISK"
says "sg_senddiag: diagnostic pages" "Supported diagnostic pages|0x00|0x0" sg_senddiag --list "$DISK"

# ---- data
yes "compare and write, and others" | head -c 65536 > /tmp/pattern
yes "something else altogether" | head -c 65536 > /tmp/other
expect "a pattern is written" sg_dd if=/tmp/pattern of="$DISK" bs=512 count=128 bpt=16 blk_sgio=1
head -c 512 /tmp/pattern > /tmp/caw && head -c 512 /tmp/other >> /tmp/caw
expect "sg_compare_and_write, equal" sg_compare_and_write --lba=0 --num=1 --xferlen=1024 --in=/tmp/caw "$DISK"
expect "it is written" sh -c "sg_dd if=$DISK of=/tmp/back bs=512 count=1 blk_sgio=1 && cmp -n 512 /tmp/back /tmp/other"
refuse "sg_compare_and_write, unequal" sg_compare_and_write --lba=0 --num=1 --xferlen=1024 --in=/tmp/caw "$DISK"
expect "nothing is written" sh -c "sg_dd if=$DISK of=/tmp/back bs=512 count=1 blk_sgio=1 && cmp -n 512 /tmp/back /tmp/other"
expect "sg_verify" sg_verify --lba=0 --count=128 "$DISK"
dd if=/tmp/pattern of=/tmp/verify bs=512 skip=8 count=8 status=none
expect "sg_verify, comparing" sg_verify --16 --lba=8 --count=8 --ebytchk=1 --in=/tmp/verify --ndo=4096 "$DISK"
refuse "sg_verify finds a difference" sg_verify --16 --lba=9 --count=8 --ebytchk=1 --in=/tmp/verify --ndo=4096 "$DISK"
expect "sg_write_same of a block" sg_write_same --16 --lba=2048 --num=256 --xferlen=512 --in=/tmp/caw "$DISK"
expect "its last block has it" sh -c "sg_dd if=$DISK of=/tmp/back bs=512 skip=2303 count=1 blk_sgio=1 && cmp -n 512 /tmp/back /tmp/pattern"
expect "sg_write_same, unmap" sg_write_same --16 --unmap --lba=2048 --num=256 --xferlen=512 "$DISK"
expect "reads zeros" zeros "$DISK" 16 2
expect "sg_write_same, NDOB" sg_write_same --16 --ndob --lba=2048 --num=256 "$DISK"
expect "sg_write_x: write and verify or atomic" sg_write_x --atomic=0 --16 --lba=4096 --num=8 --in=/tmp/pattern "$DISK"
expect "sg_write_verify" sg_write_verify --16 --lba=4200 --num=8 --in=/tmp/verify "$DISK"
expect "it is there" sh -c "sg_dd if=$DISK of=/tmp/back bs=512 skip=4200 count=8 blk_sgio=1 && cmp -n 4096 /tmp/back /tmp/verify"
expect "sg_sync" sg_sync "$DISK"
# it answers CONDITION MET, which sg_raw does not take for success
fails_with "PRE-FETCH(16) by sg_raw: everything is in the cache" "Condition Met" sg_raw "$DISK" 90 00 00 00 00 00 00 00 00 00 00 00 00 80 00 00
head -c 512 /dev/zero | tr '\0' '\017' > /tmp/or
expect "ORWRITE(16) by sg_raw" sg_raw --send=512 --infile=/tmp/or "$DISK" 8b 00 00 00 00 00 00 00 10 68 00 00 00 01 00 00

# ---- thin provisioning
expect "a MiB is written" sg_dd if=/dev/urandom of="$DISK" bs=512 seek=8192 count=2048 bpt=128 blk_sgio=1
says "sg_get_lba_status: mapped" "blocks: +2048 +mapped" sg_get_lba_status --lba=8192 "$DISK"
expect "sg_unmap" sg_unmap --force --lba=8192 --num=2048 "$DISK"
expect "it reads zeros" zeros "$DISK" 64 16
says "sg_get_lba_status: deallocated" "deallocated" sg_get_lba_status --lba=8192 "$DISK"
refuse "sg_unmap beyond the end is refused" sg_unmap --force --lba=$BLOCKS --num=8 "$DISK"
refuse "ANCHOR is refused" sg_unmap --force --anchor --lba=8192 --num=8 "$DISK"
expect "more is written" dd if=/dev/urandom of="$DISK" bs=1M count=4 seek=8 oflag=direct status=none
expect "blkdiscard" blkdiscard --offset 8388608 --length 4194304 "$DISK"
expect "the kernel's discard reads zeros" zeros "$DISK" 128 64
expect "blkdiscard --zeroout" blkdiscard --zeroout --offset 16777216 --length 4194304 "$DISK"
expect "mkfs.ext4" mke2fs -q -F -t ext4 "$DISK" 65536 && expect "mount -o discard" mount -t ext4 -o discard "$DISK" /mnt
head -c 8388608 /dev/urandom > /mnt/file && sync && rm /mnt/file && sync
says "fstrim" "trimmed" fstrim -v /mnt
expect "unmount" umount /mnt
expect "fsck" e2fsck -f -n "$DISK"

# ---- the end of the data
expect "sg_sanitize, overwrite" sg_sanitize --overwrite --pattern=/tmp/caw --ipl=4 --count=1 --quick --wait "$DISK"
sg_turs "$DISK" > /dev/null 2>&1
expect "a block is written" sg_dd if=/tmp/pattern of="$DISK" bs=512 count=8 blk_sgio=1
expect "sg_sanitize, block erase" sg_sanitize --block --quick --wait "$DISK"
sg_turs "$DISK" > /dev/null 2>&1
expect "nothing of it is left" zeros "$DISK" 0 1
expect "nothing wrong in the kernel's log" kernel_is_calm
verdict
