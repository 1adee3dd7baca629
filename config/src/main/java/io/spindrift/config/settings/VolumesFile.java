package io.spindrift.config.settings;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The volumes that were made while the daemon ran: {@code volumes.yaml} in the cache folder, in the settings file's own form. Blocking; used by one
 * thread at a time.
 */
public final class VolumesFile {
    /** The last line, so that a file that was cut does not pass for one with fewer volumes or keys. */
    private static final String END = "# end\n";

    private final Path file;

    public VolumesFile(Path cacheDirectory) {
        this.file = cacheDirectory.resolve("volumes.yaml");
    }

    public List<VolumeEntry> read() throws SettingsException {
        if (!Files.exists(file)) {
            return List.of();
        }
        List<VolumeEntry> volumes = HostSettingsReader.readVolumes(file);
        requireWhole();
        return volumes;
    }

    private void requireWhole() throws SettingsException {
        try {
            if (!Files.readString(file).endsWith(END)) {
                throw new SettingsException(file.toString(), "", "is cut: its last line, '# end', is missing; put the whole file back");
            }
        } catch (IOException unreadable) {
            throw new SettingsException(file.toString(), "", "can't be read: " + unreadable.getMessage());
        }
    }

    /** Replaces the file whole; durable when this returns. */
    public void write(List<VolumeEntry> volumes) throws IOException {
        StringBuilder yaml = new StringBuilder("# Written by spindrift: volumes that were made with 'volume create'.\n");
        yaml.append(volumes.isEmpty() ? "volumes: []\n" : "volumes:\n");
        for (VolumeEntry volume : volumes) {
            String lead = "  - ";
            for (var key : volume.written().entrySet()) {
                yaml.append(lead).append(key.getKey()).append(": \"").append(key.getValue()).append("\"\n");
                lead = "    ";
            }
        }
        yaml.append(END);
        Path fresh = file.resolveSibling("volumes.yaml.new");
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(yaml.toString());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel folder = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }
}
