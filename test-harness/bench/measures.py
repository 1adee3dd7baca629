"""What is no row of the table: each function makes what it needs, measures one thing and answers a line of Markdown."""
import concurrent.futures
import json
import os
import re
import shutil
import statistics
import threading
import time

from rig import GIB, MIB, wait_until
from sidebyside import SUSTAINED, Ceiling

BLOCK = 4096
LINK_DELAY_MS, LINK_MBIT = 10, 1000
VOLUMES = 64


def seconds_of(rig, long, short):
    return short if rig.short else long


def meter(rig, url, *arguments):
    found = rig.meter(url, *arguments)
    rig.check('no command failed', found['status'] == 0, said=found['errors_said'])
    return found


def disk_rate(rig, size):
    """MB/s of the disk itself: one file written in order, past the page cache."""
    path = os.path.join(rig.folder, 'raw')
    began = time.monotonic()
    rig.run('dd', 'if=/dev/zero', f'of={path}', 'bs=1M', f'count={size // MIB}', 'oflag=direct', 'conv=fdatasync')
    rate = size / 1e6 / (time.monotonic() - began)
    os.unlink(path)
    return rate


def bytes_written(pid):
    """That a process has sent towards the disk, also what the page cache still holds."""
    with open(f'/proc/{pid}/io', encoding='utf-8') as counts:
        return int(re.search(r'^write_bytes: (\d+)', counts.read(), re.M).group(1))


def sustained(rig):
    """A minute of random writes of 64 KiB, until the image has all of them."""
    seconds = seconds_of(rig, 60, 5)
    size = seconds_of(rig, 4 * GIB, GIB)
    host = rig.host('sustained', [{'name': 'disk0', 'type': 'data', 'size': f'{size // GIB}GiB', 'cache-size': '1GiB', 'journal-size': '1GiB'}]).start()
    host.cache_open()
    before_rate = disk_rate(rig, seconds_of(rig, 4 * GIB, GIB))
    before = bytes_written(host.process.pid)
    began = time.monotonic()
    found = meter(rig, host.url(), '--work', SUSTAINED.work, '--size', SUSTAINED.size, '--depth', SUSTAINED.depth, '--seconds', seconds)
    host.flush()
    took = time.monotonic() - began
    given = found['commands'] * SUSTAINED.size
    times = (bytes_written(host.process.pid) - before) / given
    host.stop()
    after_rate = disk_rate(rig, seconds_of(rig, 4 * GIB, GIB))
    raw = (before_rate + after_rate) / 2
    rate = given / 1e6 / took
    rig.figure(sustained_mbps=rate, accepted_mbps=found['mbps'], written_times=times, disk_mbps=[before_rate, after_rate], of_possible=rate / (raw / times))
    return (f'| {SUSTAINED.name} for {seconds} s, until all is in the image | {rate:.0f} MB/s (accepted at {found["mbps"]:.0f}); each byte written {times:.2f} times '
            f'(journal, segment, cache); the disk writes {before_rate:.0f} and {after_rate:.0f} MB/s in order: {rate / (raw / times):.2f} of disk rate / times |')


def many_volumes(rig):
    """64 volumes with a session each against one with one, beside what 64 sessions cost the ceiling."""
    seconds = seconds_of(rig, 10, 2)
    load = ('--work', 'randread', '--size', BLOCK, '--range', 8 * MIB, '--seconds', seconds, '--warm-up', seconds_of(rig, 3, 1))
    small = {'type': 'data', 'size': '16MiB', 'cache-size': '16MiB', 'journal-size': '64MiB', 'prefetch': 'false'}
    host = rig.host('many', [{'name': f'disk{i}', **small} for i in range(VOLUMES)]).start()
    urls = [host.url(f'disk{i}') for i in range(VOLUMES)]
    meter(rig, urls, '--work', 'fill', '--size', 65536, '--depth', 4, '--range', 8 * MIB)
    for i in range(VOLUMES):
        host.flush(f'disk{i}')
    ceiling = Ceiling(rig, 64).start()
    rates = {}
    for turn in range(seconds_of(rig, 5, 1)):
        for name, url, how in (('one', urls[0], ('--depth', 32)), ('many', urls, ('--depth', 4)), ('ceiling one', ceiling.url(), ('--depth', 32)),
                               ('ceiling many', ceiling.url(), ('--depth', 4, '--sessions', VOLUMES))):
            rates.setdefault(name, []).append(meter(rig, url, *load, *how)['iops'])
    middle = {name: statistics.median(found) for name, found in rates.items()}
    ours, its = middle['many'] / middle['one'], middle['ceiling many'] / middle['ceiling one']
    ceiling.stop()
    host.stop()
    rig.figure(volumes=middle, of_one=ours, ceiling_of_one=its)
    return (f'| {VOLUMES} volumes, a session of depth 4 each, against one volume at depth 32 (4 KiB random reads) | {middle["many"] / 1000:.1f} k against '
            f'{middle["one"] / 1000:.1f} k IOPS: {ours:.2f}; the same sessions cost the ceiling {its:.2f}; so {ours / its:.2f} |')


def tool(pid, name):
    """A tool of the JDK that a process runs on."""
    return os.path.join(os.path.dirname(os.path.realpath(f'/proc/{pid}/exe')), name)


def heap_used(rig, pid):
    """Bytes of heap that are alive."""
    rig.run(tool(pid, 'jcmd'), pid, 'GC.run')
    said = rig.run(tool(pid, 'jcmd'), pid, 'GC.heap_info').stdout
    return sum(int(used) * 1024 for used in re.findall(r'^\s*(?:garbage-first heap|def new generation|tenured generation|ZHeap|PSYoungGen|ParOldGen)\D.*?used (\d+)K',
                                                      said, re.M))


def idle_volumes(rig):
    """Heap that a volume takes which nobody uses: a host of one against a host of 65."""
    used = {}
    for count in (1, VOLUMES + 1):
        volumes = [{'name': f'disk{i}', 'type': 'data', 'size': '10GiB', 'cache-size': '64MiB', 'journal-size': '64MiB'} for i in range(count)]
        host = rig.host(f'idle{count}', volumes).start(seconds=300)
        for volume in volumes:
            host.cache_open(volume['name'])
        used[count] = heap_used(rig, host.process.pid)
        host.stop()
        host.drop_cache()
    each = (used[VOLUMES + 1] - used[1]) / VOLUMES
    rig.check('heaps were found', used[1] > 0 and each > 0, used=used)
    rig.figure(idle_heap_bytes=each)
    return f'| heap of an idle volume (10 GiB, 64 MiB of cache), {VOLUMES + 1} against 1 | {each / MIB:.2f} MiB |'


def start(rig):
    """From the start of the process to the first answer, with a warm cache."""
    gib = rig.given.warm_cache_gib or seconds_of(rig, 8, 1)
    host = rig.host('start', [{'name': 'disk0', 'type': 'data', 'size': f'{gib}GiB', 'cache-size': f'{gib + 1}GiB', 'journal-size': '1GiB',
                               'close-timeout': '5m'}]).start()
    host.cache_open()
    meter(rig, host.url(), '--work', 'fill', '--size', 262144, '--depth', 8)
    host.flush()
    found = []
    for _ in range(seconds_of(rig, 5, 2)):
        host.stop(seconds=600)
        host.start()
        first = meter(rig, host.url(), '--work', 'randread', '--depth', 1, '--commands', 1)
        found.append(host.ready_seconds + first['max_us'] / 1e6)
    host.cache_open()
    cached = host.status()['cache']['usedBytes']
    host.stop()
    host.drop_cache()
    middle = statistics.median(found)
    rig.figure(start_seconds=found, cached_bytes=cached)
    return f'| from the start of the process to READY and the first 4 KiB read, {cached / GIB:.1f} GiB in the cache | {middle:.2f} s ({min(found):.2f} to {max(found):.2f}) |'


def allocated_bytes(rig, pid):
    """That the threads of a JVM have allocated since they began."""
    said = rig.run(tool(pid, 'jcmd'), pid, 'Thread.print', '-e').stdout
    units = {'B': 1, 'K': 1 << 10, 'M': 1 << 20, 'G': 1 << 30}
    return sum(float(number) * units[unit] for number, unit in re.findall(r'allocated=([\d.]+)([BKMG])', said))


def allocation(rig):
    """Bytes of garbage for each command, of all threads of the daemon."""
    seconds = seconds_of(rig, 10, 2)
    host = rig.host('allocation', [{'name': 'disk0', 'type': 'data', 'size': '256MiB', 'journal-size': '4GiB'}]).start()
    host.cache_open()
    meter(rig, host.url(), '--work', 'fill', '--size', 262144, '--depth', 8)
    host.flush()
    each = {}
    for work, size in (('randread', BLOCK), ('read', 262144), ('randwrite', BLOCK), ('randwrite', 65536)):
        meter(rig, host.url(), '--work', work, '--size', size, '--seconds', seconds)
        host.flush()
        before = allocated_bytes(rig, host.process.pid)
        done = meter(rig, host.url(), '--work', work, '--size', size, '--seconds', seconds)['commands']
        each[f'{work} {size >> 10} KiB'] = (allocated_bytes(rig, host.process.pid) - before) / done
    host.stop()
    rig.figure(allocated_per_io=each)
    return '| heap allocated for each command, all threads of the daemon, destage too | ' + ', '.join(f'{name}: {count:.0f} B' for name, count in each.items()) + ' |'


class Names(threading.Thread):
    """Gathers the names of a folder's files, those too that are gone again soon after."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.folder, self.seen, self.over = folder, set(), threading.Event()

    def look(self):
        for where, _, files in os.walk(self.folder):
            self.seen.update(os.path.join(where, name) for name in files)

    def run(self):
        while not self.over.wait(0.1):
            self.look()


def puts(rig):
    """Objects that a destage of 1 GiB of random 4 KiB writes makes in the store, each place written about once."""
    size = seconds_of(rig, GIB, GIB // 8)
    host = rig.host('puts', [{'name': 'disk0', 'type': 'data', 'size': '8GiB', 'cache-size': '1GiB', 'journal-size': '4GiB'}]).start()
    objects = os.path.join(host.folder, 'store', 'objects')
    names = Names(objects)
    names.look()
    before = set(names.seen)
    names.start()
    meter(rig, host.url(), '--work', 'randwrite', '--size', BLOCK, '--depth', 32, '--commands', size // BLOCK)
    host.flush()
    names.over.set()
    names.join()
    names.look()
    host.stop()
    made = [os.path.relpath(name, objects) for name in names.seen - before]
    kinds = {}
    for name in made:
        kind = re.sub(r'[^a-z].*', '', os.path.basename(name)) or os.path.dirname(name)
        kinds[kind] = kinds.get(kind, 0) + 1
    rig.check('objects were found', len(made) > 0)
    rig.figure(puts=len(made), kinds=kinds, bytes=size)
    return f'| objects put for a destage of {size / GIB:g} GiB of 4 KiB random writes, checkpoints included | {len(made)} ({len(made) * GIB / size:.0f} for each GiB) |'


def remote(rig, name, port, **more):
    volume = {'name': 'disk0', 'type': 'data', 'size': '4GiB', 'cache-size': '5GiB', 'journal-size': '1GiB', 'hydrate': 'false', **more}
    host = rig.remote_host(name, port, [volume]).start()
    host.cache_open()
    return host


def far_image(rig, size):
    """A storage server whose image holds random data."""
    store = rig.store('far-store').start()
    host = remote(rig, 'far-writer', store.port)
    meter(rig, host.url(), '--work', 'fill', '--size', 262144, '--depth', 8, '--range', size)
    host.flush()
    host.stop()
    return store


def prefetch(rig):
    """Readers in order at depth 1 over a link of 10 ms each way and 1 Gbit/s, from an empty cache."""
    size = seconds_of(rig, 3 * GIB, 512 * MIB)
    store = far_image(rig, size)
    link = rig.link(store.port, delay_ms=LINK_DELAY_MS, mbit=LINK_MBIT)
    scan = ('--work', 'scan', '--size', 262144, '--depth', 1)
    host = remote(rig, 'far-one', link.port)
    alone = meter(rig, host.url(), *scan, '--range', size // 2)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        part = size // 2 // 3 // MIB * MIB
        together = list(pool.map(lambda i: meter(rig, host.url(), *scan, '--offset', size // 2 + i * part, '--range', part), range(3)))
    host.stop()
    host.drop_cache()
    host = remote(rig, 'far-two', link.port)
    random = ('--work', 'randread', '--depth', 1, '--offset', size // 2, '--range', size // 2, '--seconds', seconds_of(rig, 10, 3))
    quiet = meter(rig, host.url(), *random)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        reader = pool.submit(meter, rig, host.url(), *scan, '--range', size // 2)
        beside = meter(rig, host.url(), *random, '--seed', 2)
        reader.result()
    for daemon in (host, link, store):
        daemon.stop()
    full = LINK_MBIT / 8
    both = sum(found['mbps'] for found in together)
    rig.figure(prefetch_mbps=alone['mbps'], together_mbps=[f['mbps'] for f in together], random_p50_us=[quiet['p50_us'], beside['p50_us']])
    return (f'| reader in order at depth 1 over {LINK_DELAY_MS} ms each way and 1 Gbit/s, from an empty cache | {alone["mbps"]:.1f} MB/s, {alone["mbps"] / full:.2f} of the link; '
            f'three share it: {both:.1f} MB/s; a random reader beside one: p50 {beside["p50_us"] / 1000:.1f} ms, alone {quiet["p50_us"] / 1000:.1f} ms |')


def miss(rig):
    """A block that the storage server has to be asked for, over loopback, against the same block a second time."""
    size = seconds_of(rig, 3 * GIB, 512 * MIB)
    store = far_image(rig, size)
    host = remote(rig, 'near', store.port, prefetch='false')
    # The same seed goes to the same places again; few of so many are drawn twice.
    reads = ('--work', 'randread', '--depth', 1, '--range', size, '--commands', size // BLOCK // 64)
    warm = ('--work', 'randread', '--depth', 1, '--range', size, '--commands', size // BLOCK // 64, '--seed', 99)
    for _ in range(2):
        meter(rig, host.url(), *warm)
    first = meter(rig, host.url(), *reads)
    second = meter(rig, host.url(), *reads)
    counted = host.status()['reads']
    host.stop()
    store.stop()
    rig.check('the first were misses', counted['misses'] > first['commands'], reads=counted)
    rig.figure(miss_us=first['p50_us'], hit_us=second['p50_us'], miss_p99_us=first['p99_us'], hit_p99_us=second['p99_us'])
    return (f'| a 4 KiB read that a storage server on loopback is asked for, against one that is cached (p50, p99) | {first["p50_us"]:.0f}, {first["p99_us"]:.0f} us against '
            f'{second["p50_us"]:.0f}, {second["p99_us"]:.0f} us: {first["p50_us"] - second["p50_us"]:.0f} us more |')


class Writer(threading.Thread):
    """Writes a file over and over at a rate, as durable as a host's journal and segments are."""

    def __init__(self, path, bytes_a_second):
        super().__init__(daemon=True)
        self.path, self.rate, self.over = path, bytes_a_second, threading.Event()

    def run(self):
        piece = os.urandom(MIB)
        with open(self.path, 'wb', buffering=0) as out:
            while not self.over.wait(MIB / max(1, self.rate)):
                if out.tell() >= GIB:
                    out.seek(0)
                out.write(piece)
                os.fdatasync(out.fileno())


def tail(rig):
    """The slowest of a thousand cached reads while destage, eviction and hydration run, beside the ceiling's while as much is written."""
    seconds = seconds_of(rig, 300, 10)
    near, size = 128 * MIB, seconds_of(rig, 4 * GIB, GIB)
    host = rig.host('tail', [{'name': 'disk0', 'type': 'data', 'size': f'{size // GIB}GiB', 'cache-size': f'{size // 2 // MIB}MiB', 'journal-size': '1GiB',
                              'hydrate': 'true'}]).start()
    host.cache_open()
    reads = ('--work', 'randread', '--size', BLOCK, '--depth', 32, '--range', near, '--warm-up', 2)
    meter(rig, host.url(), '--work', 'fill', '--size', 262144, '--depth', 8)
    host.flush()
    meter(rig, host.url(), '--work', 'scan', '--size', 262144, '--depth', 8, '--range', near)
    before = bytes_written(host.process.pid)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        writes = pool.submit(meter, rig, host.url(), '--work', 'randwrite', '--size', 65536, '--depth', 4, '--offset', size // 2, '--rate', 200, '--seconds', seconds)
        ours = meter(rig, host.url(), *reads, '--seconds', seconds)
        writes.result()
    written = (bytes_written(host.process.pid) - before) / seconds
    host.stop()
    ceiling = Ceiling(rig, 256).start()
    writer = Writer(os.path.join(rig.folder, 'beside'), written)
    writer.start()
    its = meter(rig, ceiling.url(), *reads, '--seconds', seconds)
    writer.over.set()
    writer.join()
    ceiling.stop()
    rig.figure(tail_p999_us=ours['p999_us'], ceiling_p999_us=its['p999_us'], written_mbps=written / 1e6)
    return (f'| 4 KiB random reads at depth 32 for {seconds} s while {written / 1e6:.0f} MB/s are written (destage, eviction): p99.9 against the ceiling\'s beside such writes '
            f'| {ours["p999_us"]:.0f} against {its["p999_us"]:.0f} us: {ours["p999_us"] / its["p999_us"]:.1f} x |')


class MemoryGroup:
    """A memory cgroup of this script's own, of version 1 or 2; gone at the end."""

    def __init__(self, limit):
        old = '/sys/fs/cgroup/memory'
        self.path = os.path.join(old if os.path.isdir(old) else '/sys/fs/cgroup', f'spindrift-bench-{os.getpid()}')
        os.mkdir(self.path)
        with open(os.path.join(self.path, 'memory.limit_in_bytes' if os.path.isdir(old) else 'memory.max'), 'w', encoding='utf-8') as out:
            out.write(str(limit))

    def within(self, command):
        return ['sh', '-c', f'echo $$ > {self.path}/cgroup.procs && exec "$@"', 'sh', *command]

    def end(self):
        wait_until(lambda: not open(f'{self.path}/cgroup.procs', encoding='utf-8').read(), 10)
        os.rmdir(self.path)


def memory(rig):
    """Reads of a cache four times as large as the memory that the daemon may use, beside fio on the same file."""
    limit = 768 * MIB
    size = 4 * limit if not rig.short else 2 * limit
    if not shutil.which('fio'):
        return '| 4 KiB random reads of a cache larger than memory | not measured: no fio |'
    try:
        group = MemoryGroup(limit)
    except OSError as e:
        return f'| 4 KiB random reads of a cache larger than memory | not measured: no memory cgroup ({e.strerror}) |'
    host = rig.host('memory', [{'name': 'disk0', 'type': 'data', 'size': f'{size // MIB}MiB', 'cache-size': f'{size // MIB + 512}MiB', 'journal-size': '1GiB',
                                'close-timeout': '5m'}], java='-Xmx256m').start()
    host.cache_open()
    meter(rig, host.url(), '--work', 'fill', '--size', 262144, '--depth', 8)
    host.flush()
    host.stop(seconds=600)
    plain, host.command = host.command, group.within(host.command)
    host.start()
    host.cache_open()
    seconds = seconds_of(rig, 30, 5)
    ours = meter(rig, host.url(), '--work', 'randread', '--size', BLOCK, '--depth', 32, '--seconds', seconds, '--warm-up', seconds)
    fetched = host.status()['reads']['fetchedBytes']
    host.stop(seconds=600)
    host.command = plain
    group.end()
    slab = next(os.path.join(where, 'cache.slab') for where, _, files in os.walk(host.folder) if 'cache.slab' in files)
    said = rig.run('fio', '--name=slab', f'--filename={slab}', '--readonly', '--direct=1', '--rw=randread', '--bs=4k', '--iodepth=32', '--ioengine=libaio',
                   f'--size={size}', f'--runtime={seconds}', '--time_based', '--output-format=json').stdout
    raw = json.loads(said[said.index('{'):])['jobs'][0]['read']['iops']
    rig.figure(beyond_memory_iops=ours['iops'], fio_iops=raw, fetched_bytes=fetched)
    return (f'| 4 KiB random reads at depth 32, {size / limit:.0f} x the {limit // MIB} MiB that the daemon may use, all in the cache file, against fio with direct I/O on it '
            f'| {ours["iops"] / 1000:.1f} k against {raw / 1000:.1f} k IOPS: {ours["iops"] / raw:.2f} |')


MEASURES = {'sustained': sustained, 'volumes': many_volumes, 'heap': idle_volumes, 'start': start, 'allocation': allocation, 'puts': puts, 'prefetch': prefetch,
            'miss': miss, 'tail': tail, 'memory': memory}
