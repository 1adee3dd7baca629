package io.spindrift.harness.image;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.spindrift.engine.EngineSettings;
import io.spindrift.engine.ImageEngine;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.DiskType;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.Image;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageCatalog;
import io.spindrift.image.ImageInfo;
import io.spindrift.image.ReadPriority;
import io.spindrift.image.ReadResult;
import io.spindrift.store.DirectoryStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Writes an image out of a store's folder into a raw file, as an engine that opens the folder now sees it, and changes nothing in it but an empty folder for temporaries.
 *
 * <pre>
 * ImageDump STORE-FOLDER USER/TYPE/NAME RAW-FILE
 * </pre>
 *
 * Prints one JSON object. Ends with 0; 1: the image can't be read; 2: usage.
 */
public final class ImageDump {
    private ImageDump() {}

    public static void main(String[] arguments) {
        if (arguments.length != 3 || arguments[1].split("/").length != 3) {
            System.err.println("use: ImageDump STORE-FOLDER USER/TYPE/NAME RAW-FILE");
            System.exit(2);
        }
        String[] words = arguments[1].split("/");
        ImageAddress address = new ImageAddress(words[0], DiskType.valueOf(words[1].toUpperCase(Locale.ROOT)), words[2]);
        AtomicReference<InstantSource> clock = new AtomicReference<>(InstantSource.system());
        EventLoop loop = new DefaultEventLoop();
        try (LayeredStore store = new LayeredStore(new DirectoryStore(Path.of(arguments[0])))) {
            ImageEngine engine = new ImageEngine(EngineSettings.defaults(), store, loop, Runnable::run, () -> clock.get().instant(), new Random());
            engine.open().join();
            engine.catalog(address.user()).show(address).join();
            // Whoever holds the lease is long silent by then.
            clock.set(InstantSource.offset(InstantSource.system(), Duration.ofDays(1)));
            dump(engine.catalog(address.user()), address, loop, Path.of(arguments[2]));
            engine.close().join();
            System.exit(0);
        } catch (IOException | RuntimeException e) {
            System.err.println(address + " can't be read: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void dump(ImageCatalog catalog, ImageAddress address, EventLoop loop, Path file) throws IOException {
        ImageInfo info = catalog.show(address).join();
        AttachRequest request = new AttachRequest(new HostIdentity(new UUID(1, 1), "dump"), new UUID(1, 1), info.lastApplied());
        Image image = catalog.attach(address, request, loop).join();
        long blocks = info.sizeBytes() / Image.BLOCK_BYTES;
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            for (long block = 0; block < blocks; block += Image.MAX_READ_BLOCKS) {
                ReadResult read = image.read(block, (int) Math.min(Image.MAX_READ_BLOCKS, blocks - block), ReadPriority.DEMAND).join();
                write(read, block, out);
            }
            if (out.size() < info.sizeBytes()) {
                out.write(ByteBuffer.allocate(1), info.sizeBytes() - 1);
            }
        }
        System.out.printf("{\"epoch\": %d, \"sequence\": %d, \"bytes\": %d}%n", info.lease().epoch(), info.appliedSequence(), info.sizeBytes());
    }

    /** Blocks that nobody owns stay holes. */
    private static void write(ReadResult read, long first, FileChannel out) throws IOException {
        for (ReadResult.OwnedRun run : read.runs()) {
            int at = (int) (run.firstBlock() - first) * Image.BLOCK_BYTES;
            if (!run.zeros()) {
                out.write(read.data().nioBuffer(read.data().readerIndex() + at, run.blockCount() * Image.BLOCK_BYTES), run.firstBlock() * Image.BLOCK_BYTES);
            }
        }
        read.data().release();
    }
}
