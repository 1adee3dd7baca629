"""Targets measured beside each other: the same load on each, turn about, medians. `bench/run` and `bin/fast` are made of this."""
import os
import statistics
from collections import namedtuple

from rig import IQN, Daemon, Tgt

Row = namedtuple('Row', 'name work size depth options burst', defaults=((), False))
"""One kind of work. A burst is a write that half the journal has to hold: it is kept short, and what waits is brought home before the next."""

KEYS = ('iops', 'mbps', 'p50_us', 'p99_us', 'p999_us', 'target_cpu_us_per_io', 'client_cpu_us_per_io')
SUSTAINED = Row('64 KiB random write, sustained', 'randwrite', 65536, 16)
TABLE = (Row('4 KiB random read, depth 32', 'randread', 4096, 32),
         Row('4 KiB random write, depth 32', 'randwrite', 4096, 32),
         Row('4 KiB random read, depth 1', 'randread', 4096, 1),
         Row('4 KiB random write, depth 1', 'randwrite', 4096, 1),
         Row('4 KiB write, depth 1, SYNCHRONIZE CACHE after each', 'randwrite', 4096, 1, ('--sync-every', 1)),
         Row('256 KiB sequential read, depth 8', 'read', 262144, 8),
         Row('256 KiB sequential write, depth 8', 'write', 262144, 8, (), True),
         Row('64 KiB random write, depth 16', 'randwrite', 65536, 16, (), True))


class Contender:
    """A target in the race. @param settle brings home what a write left behind, before the next is measured"""

    def __init__(self, name, url, pid, settle=None):
        self.name, self.url, self.pid, self.settle = name, url, pid, settle or (lambda: None)


class Ceiling(Daemon):
    """A responder with the disk in memory that does next to nothing: what this initiator can reach on this machine at most."""

    def __init__(self, rig, mebibytes):
        port = rig.port()
        command = rig.java('io.spindrift.harness.ceiling.CeilingTarget', str(port), str(mebibytes))
        command[1:1] = ['-XX:MaxDirectMemorySize=%dm' % (mebibytes + 1024)]
        super().__init__(rig, 'ceiling', command, port)

    def url(self):
        return f'iscsi://127.0.0.1:{self.port}/{IQN}:ceiling/0'


def tgt_over_file(rig, size):
    """tgt over a preallocated file on the same disk."""
    backing = os.path.join(rig.folder, 'tgt.raw')
    with open(backing, 'wb') as disk:
        os.posix_fallocate(disk.fileno(), 0, size)
    return Tgt(rig, backing).start()


def fill(rig, contender, size):
    """Writes all of the range, so that everybody reads real blocks that are near."""
    filled = rig.meter(contender.url, '--work', 'fill', '--size', 262144, '--depth', 8, '--range', size)
    rig.check(f'{contender.name} filled', filled['status'] == 0, said=filled['errors_said'])
    contender.settle()


class Race:
    """The same rows for several targets. @param rounds of each; the order turns from round to round"""

    def __init__(self, rig, contenders, size, rounds, seconds, warm_up):
        self.rig, self.contenders, self.size = rig, contenders, size
        self.rounds, self.seconds, self.warm_up = rounds, seconds, warm_up
        self.errors = 0

    def run(self, row):
        """Medians of a row by the target's name."""
        runs = {contender.name: [] for contender in self.contenders}
        seconds, warm_up = (min(self.seconds, 0.7), min(self.warm_up, 0.5)) if row.burst else (self.seconds, self.warm_up)
        for turn in range(self.rounds):
            shift = turn % len(self.contenders)
            for contender in self.contenders[shift:] + self.contenders[:shift]:
                found = self.rig.meter(contender.url, '--work', row.work, '--size', row.size, '--depth', row.depth, '--range', self.size,
                                       '--seconds', seconds, '--warm-up', warm_up, '--seed', turn + 1, '--pid', contender.pid, *row.options)
                self.errors += found.get('errors', 1) + found.get('lost', 0)
                runs[contender.name].append(found)
                if 'write' in row.work:
                    contender.settle()
        middle = {name: {key: statistics.median(run[key] for run in found) for key in KEYS} for name, found in runs.items()}
        for name, found in runs.items():
            rates = [run['iops'] for run in found]
            middle[name]['spread'] = (max(rates) - min(rates)) / statistics.median(rates)
        self.rig.figure(row=row.name, rounds=self.rounds, **{f'{n}_{k}': round(v, 3) for n, m in middle.items() for k, v in m.items()})
        return middle


def rate(row, found):
    """As people read it: IOPS of small commands, MB/s of large ones."""
    if row.size > 16384:
        return f'{found["mbps"] / 1000:.2f} GB/s' if found['mbps'] >= 1000 else f'{found["mbps"]:.0f} MB/s'
    return f'{found["iops"] / 1000:.1f} k' if found['iops'] >= 1000 else f'{found["iops"]:.0f}'
