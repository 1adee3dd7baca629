# Random writes that fio itself verifies, on the bare disk.  FIO_SIZE (32m).
. /payload/inside/lib
# fio ends with 0 also where it declined to run, so its own count of what it moved is looked at too
run() { # TEXT ARGUMENT...
    text=$1
    shift
    expect "$text" fio --name=job --filename="$DISK" --direct=1 --ioengine=libaio --size="${FIO_SIZE:-32m}" --verify=crc32c \
        --verify_fatal=1 --verify_dump=0 --output=/tmp/fio.json --output-format=json "$@"
    moved=$(sed -n 's/.*"io_bytes" : \([0-9]*\).*/\1/p' /tmp/fio.json | awk '{s+=$1} END {print s+0}')
    expect "$text: fio moved $moved bytes" [ "$moved" -gt 0 ]
}
run "random writes of 4 KiB, depth 32, verified" --rw=randwrite --bs=4k --iodepth=32
run "mixed sizes from 512 bytes, depth 16, verified" --rw=randwrite --bsrange=512-128k --blockalign=512 --iodepth=16 --offset=64m
run "sequential 1 MiB, depth 8, verified" --rw=write --bs=1m --iodepth=8 --offset=128m
run "4 KiB with a flush after each 32 writes, verified" --rw=randwrite --bs=4k --iodepth=8 --fsync=32 --size=4m --offset=192m
expect "nothing wrong in the kernel's log" kernel_is_calm
verdict
