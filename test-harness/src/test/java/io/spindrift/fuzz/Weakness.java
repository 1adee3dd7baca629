package io.spindrift.fuzz;

import io.netty.buffer.ByteBufAllocator;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiTarget;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A defect that a double brings into the server, for the controls: each must be found. */
enum Weakness {
    NONE {
        @Override
        boolean strikes(String method, ScsiCommand command, ByteBufAllocator allocator) {
            return false;
        }
    },
    /** A buffer is never released, at one page of INQUIRY. */
    LEAKS {
        @Override
        boolean strikes(String method, ScsiCommand command, ByteBufAllocator allocator) {
            if (method.equals("execute") && command.cdb[0] == 0x12 && (command.cdb[1] & 1) == 1 && command.cdb[2] == (byte) 0x83) {
                allocator.directBuffer(64);
            }
            return false;
        }
    },
    /** An exception escapes, at READ CAPACITY (16) with room for less than it answers. */
    THROWS {
        @Override
        boolean strikes(String method, ScsiCommand command, ByteBufAllocator allocator) {
            if (method.equals("plan") && command.cdb[0] == (byte) 0x9e && command.expectedDataIn < 32) {
                throw new IndexOutOfBoundsException("a deliberate defect");
            }
            return false;
        }
    },
    /** A command is never answered: MODE SENSE (10) with LLBAA. */
    FORGETS {
        @Override
        boolean strikes(String method, ScsiCommand command, ByteBufAllocator allocator) {
            return method.equals("execute") && command.cdb[0] == 0x5a && (command.cdb[1] & 0x10) != 0;
        }
    },
    /** Memory that nobody wrote is sent: MODE SENSE (6). */
    DISCLOSES {
        @Override
        boolean strikes(String method, ScsiCommand command, ByteBufAllocator allocator) {
            boolean now = method.equals("execute") && command.cdb[0] == 0x1a;
            if (now) {
                command.dataIn = allocator.directBuffer(64).writerIndex(64);
                command.transferLength = 64;
                command.responder.completed(command);
            }
            return now;
        }
    },
    /** Another block is written than was asked for: WRITE (10) with FUA. */
    STRAYS {
        @Override
        boolean strikes(String method, ScsiCommand command, ByteBufAllocator allocator) {
            if (method.equals("execute") && command.cdb[0] == 0x2a && (command.cdb[1] & 8) != 0) {
                command.cdb[5] ^= 1;
            }
            return false;
        }
    };

    /** Does its harm before a method of the SCSI layer. @return whether that is not called */
    abstract boolean strikes(String method, ScsiCommand command, ByteBufAllocator allocator);

    /** {@code target} with this weakness. */
    ScsiTarget in(ScsiTarget target, ByteBufAllocator allocator) {
        if (this == NONE) {
            return target;
        }
        return (ScsiTarget) Proxy.newProxyInstance(Weakness.class.getClassLoader(), new Class<?>[] {ScsiTarget.class}, (proxy, method, arguments) -> {
            boolean command = arguments != null && arguments.length == 1 && arguments[0] instanceof ScsiCommand;
            if (command && strikes(method.getName(), (ScsiCommand) arguments[0], allocator)) {
                return null;
            }
            try {
                return method.invoke(target, arguments);
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        });
    }
}
