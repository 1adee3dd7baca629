package io.spindrift.config.command;

import io.spindrift.config.admin.AdminClient;
import io.spindrift.config.admin.HostStatus;
import io.spindrift.config.daemon.HostDaemon;
import io.spindrift.config.daemon.StorageDaemon;
import io.spindrift.config.process.ExitCode;
import io.spindrift.config.process.LogSetup;
import io.spindrift.config.settings.HostSettingsReader;
import io.spindrift.config.settings.StoreSettingsReader;
import io.spindrift.config.settings.value.HostPort;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * {@code spindrift warm-up}, which the launcher runs once: both daemons start and close, so that the JVM can keep in an archive what every start
 * loads. On ports that the system chooses, in a folder of its own that is gone afterwards.
 */
@Command(name = "warm-up", hidden = true, description = "Loads what a start loads.")
final class WarmUpCommand implements Callable<Integer> {
    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);

    @Override
    public Integer call() throws Exception {
        LogSetup.level("error", name -> null);
        Path folder = Files.createTempDirectory("spindrift-warm-up");
        try {
            host(folder, "embedded", "{directory: " + folder.resolve("store") + "}");
            StorageDaemon store = StorageDaemon.start(StoreSettingsReader.read(storeFile(folder), name -> null), NOWHERE);
            host(folder, "remote", "{servers: ['" + store.listening() + "'], user: warm, secret: warm-up-secret}");
            store.close();
        } finally {
            delete(folder);
        }
        return ExitCode.OK.status();
    }

    private static void host(Path folder, String name, String storage) throws Exception {
        Path file = Files.writeString(folder.resolve(name + ".yaml"), """
                target: {portals: ["127.0.0.1:0"]}
                storage: %s
                cache: {directory: %s}
                admin: {listen: "127.0.0.1:0"}
                volumes:
                  - {name: warm, size: 16MiB, cache-size: 16MiB, journal-size: 64MiB}
                """.formatted(storage, folder.resolve(name)));
        HostDaemon host = HostDaemon.start(HostSettingsReader.read(file, variable -> null), Map.of(), NOWHERE);
        StatusTable.of(new AdminClient(new HostPort("127.0.0.1", host.adminPort())).get("/v1/status", HostStatus.class));
        host.close();
    }

    private static Path storeFile(Path folder) throws IOException {
        return Files.writeString(folder.resolve("store.yaml"), """
                server:
                  listen: 127.0.0.1:0
                  store: file://%s
                  users: [{name: warm, secret: warm-up-secret}]
                """.formatted(folder.resolve("served")));
    }

    private static void delete(Path folder) throws IOException {
        List<Path> leavesFirst;
        try (Stream<Path> all = Files.walk(folder)) {
            leavesFirst = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : leavesFirst) {
            Files.delete(path);
        }
    }
}
