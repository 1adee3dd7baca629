package io.spindrift.interop;

import java.io.File;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jscsi.initiator.Configuration;
import org.jscsi.initiator.Initiator;

/**
 * jSCSI's initiator as a process: logs in, writes stretches of random data all over LUN 0, reads them back, logs out. Of its own process because
 * its threads never end. Arguments: schema, settings, name of the target in them, seed.
 */
public final class JscsiClient {
    private static final int ROUNDS = 24;

    private JscsiClient() {}

    public static void main(String[] args) throws Exception {
        Initiator initiator = new Initiator(Configuration.create(new File(args[0]), new File(args[1])));
        String target = args[2];
        initiator.createSession(target);
        int blockBytes = Math.toIntExact(initiator.getBlockSize(target));
        long blocks = initiator.getCapacity(target);
        SplittableRandom random = new SplittableRandom(Long.parseLong(args[3]));
        for (int round = 0; round < ROUNDS; round++) {
            int count = random.nextInt(1, 200);
            int lba = Math.toIntExact(round == 0 ? blocks - count : random.nextLong(blocks - count));
            byte[] data = new byte[count * blockBytes];
            random.nextBytes(data);
            initiator.write(target, ByteBuffer.wrap(data.clone()), lba, data.length);
            ByteBuffer back = ByteBuffer.allocate(data.length);
            initiator.read(target, back, lba, data.length);
            if (!Arrays.equals(data, back.array())) {
                System.out.println("DIFFERENT at " + lba + " for " + count);
                System.exit(1);
            }
        }
        initiator.closeSession(target);
        System.out.println("MOVED " + ROUNDS + " of " + blocks + " blocks of " + blockBytes);
        System.exit(0);
    }
}
