"""What the acceptance scripts share: daemons, links, targets and load programs as real processes, on ports of their own, in a folder of
their own, and gone when the script ends.

A script is `with Rig('name', __doc__) as rig:` and a number of `rig.check(...)`. It ends with one line, PASS or FAIL, and status 0 or 1.
Figures are JSON lines on standard output and, with --figures FILE, appended there.
"""
import argparse
import hashlib
import json
import os
import random
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

BIN = os.path.dirname(os.path.abspath(__file__))
HARNESS = os.path.dirname(BIN)
ROOT = os.path.dirname(HARNESS)
GUEST = os.path.join(HARNESS, 'guest')
IQN = 'iqn.2026-11.io.spindrift'
MIB = 1 << 20
GIB = 1 << 30


def wait_until(condition, seconds, every=0.1):
    """The first true value of condition() within the time, else None."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= end:
            return None
        time.sleep(every)


class Daemon:
    """A process that says READY, or listens, and is stopped at the end."""

    def __init__(self, rig, name, command, port, environment=None):
        self.rig, self.name, self.command, self.port = rig, name, command, port
        self.environment = environment or {}
        self.process = None
        self.starts = 0
        self.ready_line = None
        self.ready_seconds = None

    def log(self):
        return os.path.join(self.rig.folder, f'{self.name}.log')

    def said(self):
        with open(self.log(), encoding='utf-8', errors='replace') as text:
            return text.read()

    def start(self, wait=True, seconds=120, expect_exit=False):
        self.starts += 1
        began = time.monotonic()
        self.ready_line = None
        with open(self.log(), 'a', encoding='utf-8') as log:
            log.write(f'--- start {self.starts}\n')
            log.flush()
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                                            env=dict(os.environ, **self.environment), start_new_session=True)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.rig.live.append(self)
        if wait:
            self.wait_ready(seconds, began)
        return self

    def wait_ready(self, seconds=120, began=None):
        began = began or time.monotonic()
        heard = b''
        while time.monotonic() - began < seconds:
            select.select([self.process.stdout], [], [], 0.05)
            heard += self.process.stdout.read() or b''
            ready = re.search(rb'^READY.*$', heard, re.M)
            if ready:
                self.ready_line = ready.group(0).decode()
                self.ready_seconds = time.monotonic() - began
                return self
            if self.process.poll() is not None:
                raise Failed(f'{self.name} ended with {self.process.returncode} before it was ready: {self.last_words()}')
        raise Failed(f'{self.name} was not ready within {seconds} s: {self.last_words()}')

    def last_words(self, lines=5):
        return ' / '.join(self.said().splitlines()[-lines:])

    def running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """SIGKILL to the daemon and whatever it started."""
        if self.running():
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._gone()

    def freeze(self):
        """SIGSTOP: a host that is as good as dead, and is not."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def thaw(self):
        os.killpg(self.process.pid, signal.SIGCONT)

    def stop(self, seconds=60):
        """SIGTERM; the exit status, or None where it had to be killed."""
        if self.running():
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
                return None
        self._gone()
        return self.process.returncode

    def _gone(self):
        self.process.stdout.close()
        if self in self.rig.live:
            self.rig.live.remove(self)

    def ask(self, path, patience=10):
        """The body of a GET. The admin server comes up after the disks, so a refused connection is tried again for a while."""
        end = time.monotonic() + patience
        while True:
            try:
                with urllib.request.urlopen(f'http://127.0.0.1:{self.admin}{path}', timeout=20) as answer:
                    return answer.read()
            except urllib.error.URLError as e:
                if not isinstance(e.reason, ConnectionRefusedError) or time.monotonic() >= end or not self.running():
                    raise
                time.sleep(0.05)

    def memory_bytes(self):
        with open(f'/proc/{self.process.pid}/status', encoding='utf-8') as status:
            return int(re.search(r'VmRSS:\s+(\d+)', status.read()).group(1)) * 1024


class Host(Daemon):
    """A host daemon. Volumes are dictionaries with the keys of the settings file, sections are more of that file by name."""

    def __init__(self, rig, name, volumes, server=None, user=None, secret=None, java='', portals=1, sections=None):
        self.ports = [rig.port() for _ in range(portals)]
        port, self.admin = self.ports[0], rig.port()
        self.sections = sections or {}
        self.folder = os.path.join(rig.folder, name)
        self.volumes = volumes
        self.server, self.user, self.secret = server, user, secret
        self.config = os.path.join(rig.folder, f'{name}.yaml')
        super().__init__(rig, name, [rig.launcher, 'serve', '--config', self.config], port,
                         {'SPINDRIFT_JAVA_OPTS': java} if java else None)
        self.write()

    def write(self):
        os.makedirs(f'{self.folder}/cache', exist_ok=True)
        portals = json.dumps([f'127.0.0.1:{port}' for port in self.ports])
        lines = ['target:', f'  portals: {portals}', f'  iqn-prefix: {IQN}']
        lines += [f'  {key}: {json.dumps(value)}' for key, value in self.sections.get('target', {}).items()]
        lines += [f'{name}: {json.dumps(section)}' for name, section in self.sections.items() if name != 'target']
        lines.append('storage:')
        if self.server is None:
            os.makedirs(f'{self.folder}/store', exist_ok=True)
            lines.append(f'  directory: {self.folder}/store')
        else:
            lines += [f'  servers: ["127.0.0.1:{self.server}"]', f'  user: {self.user}', f'  secret: {self.secret}']
        lines += ['cache:', f'  directory: {self.folder}/cache', 'admin:', f'  listen: 127.0.0.1:{self.admin}', 'volumes:']
        for volume in self.volumes:
            lines += [('  - ' if i == 0 else '    ') + f'{key}: {value}' for i, (key, value) in enumerate(volume.items())]
        with open(self.config, 'w', encoding='utf-8') as out:
            out.write('\n'.join(lines) + '\n')

    def url(self, volume='disk0', lun=0, port=None):
        return f'iscsi://127.0.0.1:{port or self.port}/{IQN}:{volume}/{lun}'

    def status(self, volume='disk0'):
        whole = json.loads(self.ask('/v1/status'))
        return next(row for row in whole['volumes'] if row['name'] == volume)

    def cache_open(self, volume='disk0', seconds=60):
        """Waits until the volume has its cache, which it opens beside its first requests. @return its bytes"""
        capacity = wait_until(lambda: self.status(volume)['cache']['capacityBytes'], seconds)
        if not capacity:
            raise Failed(f'{self.name}: no cache within {seconds} s: {self.last_words()}')
        return capacity

    def spindrift(self, *arguments, seconds=120):
        return subprocess.run([self.rig.launcher, *arguments, '--config', self.config], capture_output=True, text=True, timeout=seconds,
                              check=False)

    def flush(self, volume='disk0', seconds=300):
        done = self.spindrift('volume', 'flush', volume, seconds=seconds)
        if done.returncode != 0:
            raise Failed(f'volume flush: {done.stderr.strip()}')

    def files_bytes(self):
        return allocated(f'{self.folder}/cache')

    def drop_cache(self):
        """As a host that was set up anew: its own folder is emptied. Stop it first."""
        shutil.rmtree(f'{self.folder}/cache')
        os.makedirs(f'{self.folder}/cache')


class Store(Daemon):
    """A storage server over a folder."""

    def __init__(self, rig, name='store', users=(('alice', 'wonderland'),), lease_time='5s'):
        self.folder = os.path.join(rig.folder, name)
        self.users = users
        os.makedirs(self.folder, exist_ok=True)
        port, self.admin = rig.port(), rig.port()
        self.config = os.path.join(rig.folder, f'{name}.yaml')
        super().__init__(rig, name, [rig.launcher, 'store', '--config', self.config], port)
        with open(self.config, 'w', encoding='utf-8') as out:
            out.write(f'server:\n  listen: 127.0.0.1:{port}\n  store: file://{self.folder}\n  lease-time: {lease_time}\n  admin: 127.0.0.1:{self.admin}\n  users:\n')
            for user, secret in users:
                out.write(f'    - name: {user}\n      secret: {secret}\n')

    def bytes(self):
        """That the folder takes."""
        return allocated(self.folder)

    def image_bytes(self, address):
        """That an image, USER/TYPE/NAME, holds."""
        return next(image['allocatedBytes'] for image in json.loads(self.ask('/v1/status'))['images'] if image['address'] == address)


class Link(Daemon):
    """A wide-area link to a port of this machine."""

    def __init__(self, rig, name, upstream, count_reads=False):
        port = rig.port()
        command = rig.java('io.spindrift.harness.proxy.WanProxy', str(port), f'127.0.0.1:{upstream}')
        super().__init__(rig, name, command + (['--count-reads'] if count_reads else []), port)

    def start(self, wait=True, seconds=30, expect_exit=False):
        self.orders, orders = None, os.pipe()
        self.starts += 1
        with open(self.log(), 'a', encoding='utf-8') as log:
            self.process = subprocess.Popen(self.command, stdin=orders[0], stdout=subprocess.PIPE, stderr=log, start_new_session=True)
        os.close(orders[0])
        self.orders = os.fdopen(orders[1], 'w')
        self.rig.live.append(self)
        self.answer()
        return self

    def answer(self):
        line = self.process.stdout.readline().decode()
        if not line or line.startswith('error'):
            raise Failed(f'{self.name}: {line.strip() or "the link ended"}')
        return line

    def order(self, text):
        self.orders.write(text + '\n')
        self.orders.flush()
        return json.loads(self.answer()[3:])

    def counts(self):
        return self.order('stats')


class Tgt:
    """tgt from Debian beside Spindrift: the same work, the same disk. Needs root."""

    def __init__(self, rig, backing):
        self.rig, self.ports = rig, [rig.port(), rig.port()]
        self.port = self.ports[0]
        self.control = str(self.port % 30000)
        self.backing = backing
        self.process = None

    def start(self):
        portals = ','.join(f'portal=127.0.0.1:{port}' for port in self.ports)
        self.process = subprocess.Popen(['tgtd', '-f', '-C', self.control, '--iscsi', portals],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self.rig.live.append(self)
        wait_until(lambda: self.admin('--mode', 'system', '--op', 'show', check=False), 10)
        self.admin('--lld', 'iscsi', '--op', 'new', '--mode', 'target', '--tid', '1', '-T', f'{IQN}:tgt')
        self.admin('--lld', 'iscsi', '--op', 'new', '--mode', 'logicalunit', '--tid', '1', '--lun', '1', '-b', self.backing)
        self.admin('--lld', 'iscsi', '--op', 'bind', '--mode', 'target', '--tid', '1', '-I', 'ALL')
        return self

    def admin(self, *arguments, check=True):
        return subprocess.run(['tgtadm', '-C', self.control, *arguments], check=check, capture_output=True).returncode == 0

    def url(self, port=None):
        return f'iscsi://127.0.0.1:{port or self.port}/{IQN}:tgt/1'

    def kill(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self in self.rig.live:
            self.rig.live.remove(self)

    stop = kill


class Failed(Exception):
    """The script can't go on."""


def allocated(folder):
    """Bytes that files below a folder really take."""
    total = 0
    for where, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(os.path.join(where, name)).st_blocks * 512
            except FileNotFoundError:
                continue
    return total


class Rig:
    def __init__(self, name, doc, options=None):
        p = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
        p.add_argument('--short', action='store_true', help='the form for every build: less of the same')
        p.add_argument('--spindrift', default=os.path.join(ROOT, 'spindrift'), help='the launcher (that of this tree)')
        p.add_argument('--port-base', type=int, default=13800)
        p.add_argument('--folder', default=os.environ.get('SPINDRIFT_SCRATCH'), help='scratch space; a folder in it is used and removed')
        p.add_argument('--keep', action='store_true', help='leave the folder')
        p.add_argument('--seed', type=int, default=None, help='of everything random (a new one, printed)')
        p.add_argument('--figures', metavar='FILE')
        if options:
            options(p)
        self.given = p.parse_args()
        self.name = name
        self.short = self.given.short
        self.launcher = os.path.abspath(self.given.spindrift)
        self.seed = self.given.seed if self.given.seed is not None else random.SystemRandom().randrange(1 << 31)
        self.random = random.Random(self.seed)
        self.next_port = self.given.port_base
        self.live, self.failures, self.checks, self.programs, self.guests = [], [], 0, 0, 0
        self.folder = None
        self.began = time.monotonic()

    # ---- life

    def __enter__(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        self.folder = tempfile.mkdtemp(prefix=f'spindrift-{self.name}.', dir=self.given.folder)
        if not os.path.isdir(os.path.join(HARNESS, 'target', 'classes', 'io')):
            sys.exit('build first: mvn -DskipTests package')
        self.say(f'seed {self.seed}, folder {self.folder}')
        return self

    def __exit__(self, kind, error, trace):
        if kind is Failed:
            self.failures.append(str(error))
            self.say(f'FAIL {error}')
        elif kind is not None:
            self.failures.append(f'{kind.__name__}: {error}')
        for daemon in list(self.live):
            try:
                daemon.kill()
            except OSError as e:
                self.say(f'could not end {daemon}: {e}')
        if self.failures and not self.given.keep:
            self.say('the logs: ' + self.save_logs())
        if self.given.keep:
            self.say(f'left: {self.folder}')
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
        passed = not self.failures and self.checks > 0
        self.figure(result='pass' if passed else 'fail', checks=self.checks, seconds=round(time.monotonic() - self.began, 1), seed=self.seed)
        print(f'{"PASS" if passed else "FAIL"} {self.name}' + (f': {self.failures[0]}' if self.failures else ''), flush=True)
        if kind is None or kind is Failed:
            sys.exit(0 if passed else 1)
        return False

    def save_logs(self):
        kept = tempfile.mkdtemp(prefix=f'spindrift-{self.name}-logs.', dir=self.given.folder)
        for name in os.listdir(self.folder):
            if name.endswith(('.log', '.yaml')):
                shutil.copy(os.path.join(self.folder, name), kept)
        return kept

    def port(self):
        """A port of this script's own that nobody listens on."""
        while True:
            port, self.next_port = self.next_port, self.next_port + 1
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(('127.0.0.1', port))
                    return port
                except OSError:
                    continue

    # ---- saying

    def say(self, text):
        print(f'[{time.monotonic() - self.began:7.1f}] {text}', flush=True)

    def check(self, text, holds, **figures):
        self.checks += 1
        self.say(('ok   ' if holds else 'FAIL ') + text + (' ' + json.dumps(figures) if figures else ''))
        if not holds:
            self.failures.append(text)
        return holds

    def figure(self, **values):
        line = json.dumps({'script': self.name, 'short': self.short, **values})
        print(line, flush=True)
        if self.given.figures:
            with open(self.given.figures, 'a', encoding='utf-8') as out:
                out.write(line + '\n')

    # ---- making

    def host(self, name='host', volumes=None, **how):
        return Host(self, name, volumes or [{'name': 'disk0', 'type': 'data', 'size': '1GiB'}], **how)

    def store(self, name='store', **how):
        return Store(self, name, **how)

    def remote_host(self, name, store_or_port, volumes=None, user='alice', secret='wonderland', **how):
        port = store_or_port if isinstance(store_or_port, int) else store_or_port.port
        return self.host(name, volumes, server=port, user=user, secret=secret, **how)

    def link(self, upstream, name='link', count_reads=False, delay_ms=0, mbit=0):
        link = Link(self, name, upstream, count_reads).start()
        if delay_ms:
            link.order(f'delay {delay_ms}')
        if mbit:
            link.order(f'rate {mbit}')
        return link

    def java(self, main, *arguments):
        # StampedLoad speaks through the initiator of `spindrift bench`.
        path = [os.path.join(HARNESS, 'target', 'classes'), os.path.join(ROOT, 'config', 'target', 'classes')]
        return ['java', '-XX:+UseSerialGC', '-Xmx256m', '-cp', ':'.join(path), main, *arguments]

    # ---- loading

    def _program(self, command, arguments, seconds, background):
        if '--initiator' not in arguments:
            # Two that run at a time under one name would take each other's session.
            self.programs += 1
            arguments = ['--initiator', f'{IQN}.harness:program{self.programs}', *arguments]
        process = subprocess.Popen([*command, *[str(a) for a in arguments]], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        return process if background else self.result(process, seconds)

    def result(self, process, seconds=600):
        """What a load program found, as a dictionary with its exit status."""
        try:
            out, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            out, errors = process.communicate()
            raise Failed(f'a load program did not end within {seconds} s: {errors[-500:]}') from None
        found = json.loads(out.splitlines()[-1]) if out.strip() else {}
        found.update(status=process.returncode, errors_said=errors.strip().splitlines()[:5])
        return found

    def stamped(self, verb, url, *arguments, ledger='ledger', seconds=600, background=False):
        given = [verb, '--ledger', os.path.join(self.folder, ledger), '--seed', self.random.randrange(1 << 30), *arguments, url]
        return self._program(self.java('io.spindrift.harness.stamp.StampedLoad'), given, seconds, background)

    def meter(self, url, *arguments, seconds=600, background=False):
        """A load of `spindrift bench`. @param url one, or a list of them"""
        urls = [url] if isinstance(url, str) else url
        return self._program([self.launcher, 'bench', '--json'], [*arguments, *urls], seconds, background)

    def guest(self, host_or_port, *arguments, volume='disk0', lun=0, target=None, seconds=600, asked=None):
        """Boots the guest; its exit status and what it said.
        @param asked what is called with the words of each ASK of a job, outside the guest; its answer, if any, goes back to the job"""
        port = host_or_port if isinstance(host_or_port, int) else host_or_port.port
        self.guest_built()
        boot = [os.path.join(GUEST, 'boot'), '--portal', f'127.0.0.1:{port}', '--target', target or f'{IQN}:{volume}', '--lun', str(lun),
                '--timeout', str(seconds), *(['--talk'] if asked else []), *arguments]
        process = subprocess.Popen(boot, stdin=subprocess.PIPE if asked else subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        said = []
        self.guests += 1
        log = open(os.path.join(self.folder, f'guest{self.guests}.log'), 'w', encoding='utf-8', buffering=1)
        for line in process.stdout:
            said.append(line)
            log.write(line)
            if re.search(r'FAIL|SPINDRIFT-END|FIGURE|NOTE|boot:', line) or asked and re.search(r'\] ok  ', line):
                self.say('guest ' + line.strip())
            question = re.search(r'\] ASK (.+)$', line.rstrip())
            if question and asked:
                self._answer(process, asked, question.group(1).split())
        log.close()
        return process.wait(), ''.join(said)

    def _answer(self, process, asked, words):
        try:
            answer = f'done {asked(*words) or ""}'
        except (Failed, OSError, ValueError, subprocess.SubprocessError) as e:
            answer = f'failed {e}'
            self.say(f'asked for {" ".join(words)}: {answer}')
        process.stdin.write(' '.join(answer.split()) + '\n')
        process.stdin.flush()

    def guest_built(self):
        subprocess.run([os.path.join(GUEST, 'build')], check=True, capture_output=True)

    def root_image(self, small=False):
        """A real image, made once and kept beside the guest."""
        self.guest_built()
        cache = os.environ.get('SPINDRIFT_GUEST_CACHE') or os.path.join(
            os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache'), 'spindrift-guest')
        path = os.path.join(cache, 'root-small.img' if small else 'root.img')
        stamp = os.path.join(GUEST, 'root-image')
        if not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(stamp):
            self.say(f'making {path}')
            subprocess.run([stamp, path + '.new', *(['--small'] if small else [])], check=True, capture_output=True)
            os.rename(path + '.new', path)
        return path

    def sha256(self, url, size, offset=0):
        """Of the bytes that an independent initiator (QEMU's) reads."""
        digest = hashlib.sha256()
        self.run('qemu-img', 'dd', '-f', 'raw', '-O', 'raw', 'bs=1M', f'skip={offset // MIB}', f'count={(offset + size) // MIB}', f'if={url}',
                 f'of={self.folder}/dd.raw')
        with open(f'{self.folder}/dd.raw', 'rb') as data:
            for block in iter(lambda: data.read(MIB), b''):
                digest.update(block)
        os.unlink(f'{self.folder}/dd.raw')
        return digest.hexdigest()

    def run(self, *command, seconds=600, check=True):
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=seconds, check=False)
        if check and done.returncode != 0:
            raise Failed(f'{command[0]} ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-300:]}')
        return done
