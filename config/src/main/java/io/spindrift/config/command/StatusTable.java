package io.spindrift.config.command;

import io.spindrift.config.admin.HostStatus;
import io.spindrift.config.admin.VolumeStatus;
import io.spindrift.config.settings.value.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Statuses as people read them. */
final class StatusTable {
    private StatusTable() {}

    static String of(HostStatus status) {
        StringBuilder text = new StringBuilder();
        text.append("spindrift ").append(status.version()).append(", up since ").append(status.started()).append(", on ")
                .append(String.join(", ", status.portals())).append(" (").append(status.transport()).append(")\n");
        text.append(volumes(status.volumes()));
        for (HostStatus.SessionStatus session : status.sessions()) {
            text.append("session ").append(session.initiator()).append(" from ").append(session.peer()).append(" on ").append(session.target()).append('\n');
        }
        return text.toString();
    }

    static String volumes(List<VolumeStatus> volumes) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"VOLUME", "TYPE", "SIZE", "STATE", "HITS", "DIRTY", "OLDEST", "JOURNAL", "CACHED", "LINK", "SESSIONS", "URL"});
        for (VolumeStatus volume : volumes) {
            rows.add(new String[] {
                volume.name(), volume.type(), Quantity.formatBytes(volume.sizeBytes()), volume.state(),
                percent(volume.reads().hitRatio()), rounded(volume.dirt().dirtyBytes()), seconds(volume.dirt().oldestDirtyMs()),
                share(volume.dirt().journalUsedBytes(), volume.dirt().journalCapacityBytes()), rounded(volume.cache().usedBytes()), volume.link(),
                String.valueOf(volume.sessions()), volume.url()
            });
        }
        StringBuilder text = new StringBuilder(aligned(rows));
        for (VolumeStatus volume : volumes) {
            if (!volume.reason().isEmpty() && !volume.state().equals("ready")) {
                text.append(volume.name()).append(": ").append(volume.reason()).append('\n');
            }
        }
        for (VolumeStatus volume : volumes) {
            if (!volume.link().equals("up") && !volume.dirt().trouble().isEmpty()) {
                text.append(volume.name()).append(": link ").append(volume.link()).append(": ").append(volume.dirt().trouble()).append('\n');
            }
            if (volume.recovery().state().equals("missed")) {
                text.append(volume.name()).append(": the recovery point is missed: ").append(recovery(volume)).append('\n');
            }
            if (volume.dirt().writeLimitBytes() > 0) {
                text.append(volume.name()).append(": ").append(slowed(volume)).append('\n');
            }
        }
        for (VolumeStatus volume : volumes) {
            volume.journalsAside().forEach(folder -> text.append(volume.name()).append(": ").append(aside(folder)).append('\n'));
        }
        return text.toString();
    }

    private static String slowed(VolumeStatus volume) {
        return "the journal fills up, writes are slowed to " + rounded(volume.dirt().writeLimitBytes()) + "/s, " + volume.dirt().heldWrites() + " wait";
    }

    private static String recovery(VolumeStatus volume) {
        VolumeStatus.Recovery recovery = volume.recovery();
        String goal = recovery.goalMs() == 0 ? "" : seconds(recovery.goalMs());
        if (recovery.goalBytes() != 0) {
            goal += (goal.isEmpty() ? "" : " and ") + rounded(recovery.goalBytes());
        }
        return recovery.state().equals("off") ? "off" : goal + ", " + recovery.state()
                + (recovery.missedMs() == 0 ? "" : " for " + seconds(recovery.missedMs())) + ", " + recovery.timesMissed() + " times before or now";
    }

    private static String aside(String folder) {
        return "a journal that is not of the image's history is kept in " + folder + "; its file 'why' says more, 'volume recover' shows, exports and discards it";
    }

    static String volume(VolumeStatus volume) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"name", volume.name()});
        rows.add(new String[] {"type", volume.type()});
        rows.add(new String[] {"size", Quantity.formatBytes(volume.sizeBytes())});
        rows.add(new String[] {"url", volume.url()});
        rows.add(new String[] {"state", volume.state() + (volume.reason().isEmpty() ? "" : " (" + volume.reason() + ")")});
        rows.add(new String[] {"link", volume.link()});
        rows.add(new String[] {"sessions", String.valueOf(volume.sessions())});
        rows.add(new String[] {"hits", percent(volume.reads().hitRatio()) + ", " + rounded(volume.reads().fetchedBytes()) + " fetched"});
        rows.add(new String[] {"dirty", rounded(volume.dirt().dirtyBytes()) + ", oldest " + seconds(volume.dirt().oldestDirtyMs())});
        rows.add(new String[] {"journal", rounded(volume.dirt().journalUsedBytes()) + " of " + rounded(volume.dirt().journalCapacityBytes())});
        if (volume.dirt().writeLimitBytes() > 0) {
            rows.add(new String[] {"slowed", slowed(volume)});
        }
        rows.add(new String[] {"recovery", recovery(volume)});
        rows.add(new String[] {"destaged", rounded(volume.dirt().destagedBytes()) + (volume.dirt().trouble().isEmpty() ? "" : ", " + volume.dirt().trouble())});
        rows.add(new String[] {"cached", rounded(volume.cache().usedBytes()) + " of " + rounded(volume.cache().capacityBytes())});
        rows.add(new String[] {"hydrated", volume.cache().hydratedPercent() < 0 ? "off" : volume.cache().hydratedPercent() + "%"});
        volume.journalsAside().forEach(folder -> rows.add(new String[] {"set aside", folder}));
        return aligned(rows);
    }

    private static String aligned(List<String[]> rows) {
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int column = 0; column < row.length; column++) {
                widths[column] = Math.max(widths[column], row[column].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.length; column++) {
                line.append(row[column]).append(" ".repeat(widths[column] - row[column].length() + 2));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private static String rounded(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return (unit == 0 ? String.valueOf(bytes) : String.format(Locale.ROOT, "%.1f", value)) + units[unit];
    }

    private static String percent(double ratio) {
        return String.format(Locale.ROOT, "%.1f%%", ratio * 100);
    }

    private static String share(long part, long whole) {
        return percent(whole == 0 ? 0 : (double) part / whole);
    }

    private static String seconds(long ms) {
        return String.format(Locale.ROOT, "%.1fs", ms / 1000.0);
    }
}
