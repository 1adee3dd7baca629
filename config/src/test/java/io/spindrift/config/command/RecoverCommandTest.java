package io.spindrift.config.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultEventLoop;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.config.process.ExitCode;
import io.spindrift.image.HistoryPoint;
import io.spindrift.journal.FileDisk;
import io.spindrift.journal.FileJournal;
import io.spindrift.journal.JournalSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code volume recover} over a host's folder with journals that were set aside; no daemon runs. */
class RecoverCommandTest {
    private static final int SECTOR = 512;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final DefaultEventLoop loop = new DefaultEventLoop();

    @TempDir
    private Path folder;
    private Path aside;
    private Path config;

    @BeforeEach
    void journalThatWasSetAside() throws Exception {
        config = folder.resolve("host.yaml");
        Files.writeString(config, "storage: {directory: '" + folder.resolve("store") + "'}\ncache: {directory: '" + folder.resolve("cache")
                + "'}\nvolumes: [{name: disk0, type: data, size: 64MiB}]\n");
        aside = folder.resolve("cache/volumes/local/data/disk0/journal-aside-1");
        Files.createDirectories(aside);
        CompletableFuture<FileJournal> opening = new CompletableFuture<>();
        loop.execute(() -> FileJournal.open(JournalSettings.of(24L << 20), new FileDisk(aside), loop, Runnable::run, new Random(1))
                .whenComplete((journal, failed) -> opening.complete(journal)));
        FileJournal journal = opening.join();
        on(done -> journal.begin(new HistoryPoint(new UUID(1, 2), 7, new UUID(3, 4), 40), done));
        on(done -> journal.appendWrite(8, 16, filled(16, 1), done));
        on(done -> journal.appendWrite(100, 8, filled(8, 2), done));
        on(done -> journal.appendWrite(12, 4, filled(4, 3), done));
        on(done -> journal.appendUnmap(20, 1_000_000, done));
        on(done -> journal.appendWrite(104, 1, filled(1, 4), done));
        on(journal::close);
        Files.writeString(aside.resolve("why"), "it was written under epoch 7\n");
    }

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS);
    }

    private static ByteBuf filled(int sectors, int with) {
        ByteBuf data = Unpooled.buffer(sectors * SECTOR);
        while (data.isWritable()) {
            data.writeByte(with);
        }
        return data;
    }

    private void on(Consumer<Completion> call) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> call.accept(new Completion() {
            @Override
            public void done() {
                done.complete(null);
            }

            @Override
            public void failed(BlockFailure failure) {
                done.completeExceptionally(new AssertionError(failure));
            }
        }));
        done.join();
    }

    private int run(String line) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return SpindriftCommand.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err))
                .execute(("volume recover " + line + " --config " + config).split(" +"));
    }

    @Test
    void whatItHoldsIsTold() {
        assertEquals(0, run("disk0"), err.toString());
        String told = out.toString();
        assertTrue(told.contains("journal 1  " + aside), told);
        assertTrue(told.contains("set aside: it was written under epoch 7"), told);
        assertTrue(told.contains("written under epoch 7 of image 00000000-0000-0001-0000-000000000002"), told);
        assertTrue(told.contains("records 41 to 45: 4 writes, 1 unmaps"), told);
        assertTrue(told.contains((12 + 1) * SECTOR + " in 4 extents"), told);
        assertEquals(0, run("other"));
        assertTrue(out.toString().contains("no journal of volume 'other' is set aside"), out.toString());
    }

    @Test
    void itIsWrittenToAFileWithTheNewestOfEachSector() throws Exception {
        Path file = folder.resolve("saved.raw");
        assertEquals(0, run("disk0 --export " + file), err.toString());
        byte[] raw = Files.readAllBytes(file);
        assertEquals(0, raw[7 * SECTOR]);
        assertEquals(1, raw[8 * SECTOR]);
        assertEquals(3, raw[12 * SECTOR]);
        assertEquals(3, raw[16 * SECTOR - 1]);
        assertEquals(1, raw[20 * SECTOR - 1]);
        assertEquals(0, raw[20 * SECTOR], "unmapped later");
        assertEquals(0, raw[100 * SECTOR], "unmapped later");
        assertEquals(4, raw[104 * SECTOR], "written after that");
        assertEquals("8 12 data\n20 84 unmapped\n104 1 data\n105 999915 unmapped\n", Files.readString(folder.resolve("saved.raw.extents")));
        assertEquals(ExitCode.FAILED.status(), run("disk0 --export " + file));
        assertTrue(err.toString().contains("exists; nothing is overwritten"), err.toString());
        assertTrue(Files.exists(aside.resolve("journal.state")), "an export takes nothing away");
    }

    @Test
    void itIsDiscardedByItsNumberOnly() {
        assertEquals(ExitCode.FAILED.status(), run("disk0 --discard"));
        assertTrue(err.toString().contains("--journal N is needed: one of [1]"), err.toString());
        assertEquals(ExitCode.FAILED.status(), run("disk0 --discard --journal 2"));
        assertTrue(Files.exists(aside));
        assertEquals(0, run("disk0 --discard --journal 1"), err.toString());
        assertFalse(Files.exists(aside));
    }

    @Test
    void oneThatCantBeReadSaysWhy() throws Exception {
        byte[] state = Files.readAllBytes(aside.resolve("journal.state"));
        state[11] = 9;
        state[4096 + 11] = 9;
        Files.write(aside.resolve("journal.state"), state);
        assertEquals(0, run("disk0"));
        assertTrue(out.toString().contains("can't be read: " + aside + "/journal.state: format version 9"), out.toString());
        assertEquals(ExitCode.FAILED.status(), run("disk0 --export " + folder.resolve("saved.raw")));
        assertTrue(err.toString().contains("format version 9"), err.toString());
    }
}
