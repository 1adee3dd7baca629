#!/usr/bin/env python3
"""Writes a directory as an initramfs archive ("newc") to standard output, owned by root and without times, so that the same tree
gives the same bytes; or, with --kernel, the ELF kernel out of a Debian bzImage.

  newc.py DIRECTORY > base.cpio
  newc.py --kernel VMLINUZ > kernel
"""
import os
import shutil
import stat
import struct
import subprocess
import sys


def entry(out, number, name, mode, data=b'', device=(0, 0)):
    name = name.encode() + b'\0'
    fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, device[0], device[1], len(name), 0)
    head = b'070701' + b''.join(b'%08X' % f for f in fields) + name
    out.write(head + b'\0' * (-len(head) % 4))
    out.write(data + b'\0' * (-len(data) % 4))


def archive(root, out):
    number = 1
    for folder, folders, files in os.walk(root):
        folders.sort()
        for name in sorted(folders + files):
            path = os.path.join(folder, name)
            status = os.lstat(path)
            data = b''
            if stat.S_ISLNK(status.st_mode):
                data = os.readlink(path).encode()
            elif stat.S_ISREG(status.st_mode):
                with open(path, 'rb') as file:
                    data = file.read()
            entry(out, number, os.path.relpath(path, root), status.st_mode, data)
            number += 1
    # The kernel opens the console before anything is mounted.
    if os.path.isdir(os.path.join(root, 'dev')):
        entry(out, number, 'dev/console', stat.S_IFCHR | 0o600, device=(5, 1))
    entry(out, 0, 'TRAILER!!!', 0)


def kernel(path, out):
    """The x86 boot protocol's header says where in the file the packed ELF lies (payload_offset, payload_length)."""
    with open(path, 'rb') as file:
        image = file.read()
    if image[0x202:0x206] != b'HdrS':
        raise SystemExit('not a bzImage')
    start = (image[0x1f1] + 1) * 512
    offset, length = struct.unpack_from('<II', image, 0x248)
    packed = image[start + offset:start + offset + length]
    tools = {b'\xfd7zXZ': ['xz', '-dc', '--single-stream'], b'\x02\x21\x4c\x18': ['lz4', '-dc'],
             b'\x28\xb5\x2f\xfd': ['zstd', '-dc'], b'\x1f\x8b': ['gzip', '-dc']}
    for magic, command in tools.items():
        if packed.startswith(magic):
            if not shutil.which(command[0]):
                raise SystemExit(f'{command[0]} is not installed')
            elf = subprocess.run(command, input=packed, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
            if elf.startswith(b'\x7fELF'):
                out.write(elf)
                return
    raise SystemExit('the packed kernel is of no known kind')


if __name__ == '__main__':
    if len(sys.argv) == 3 and sys.argv[1] == '--kernel':
        kernel(sys.argv[2], sys.stdout.buffer)
    elif len(sys.argv) == 2:
        archive(sys.argv[1], sys.stdout.buffer)
    else:
        sys.exit(__doc__)
