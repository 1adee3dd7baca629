package io.spindrift.config.command;

import io.spindrift.config.admin.ControlException;
import io.spindrift.config.process.ExitCode;
import io.spindrift.config.settings.HostSettingsReader;
import io.spindrift.config.settings.value.Quantity;
import io.spindrift.config.volumes.AsideJournal;
import io.spindrift.config.volumes.JournalExport;
import io.spindrift.image.HistoryPoint;
import io.spindrift.journal.JournalInspection;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code spindrift volume recover}. Works on this host's folder, whether its daemon runs or not: nobody else touches a journal that was set aside. */
@Command(
        name = "recover",
        description = "Journals of a volume that were set aside on this host, with writes that never reached the image: tells what they hold, writes it to a file,"
                + " or discards it.")
final class RecoverCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "The daemon's settings file; without, the embedded default's folder.")
    private Path config;

    @Parameters(paramLabel = "NAME")
    private String name;

    @Option(names = "--journal", paramLabel = "N", description = "The journal with this number; needed where there are several, and to discard one.")
    private Integer number;

    @Option(
            names = "--export",
            paramLabel = "FILE",
            description = "Writes a sparse raw file with the newest version of each sector at its place, and FILE.extents with the extents that are in it.")
    private Path export;

    @Option(names = "--discard", description = "Deletes the journal: what it holds is gone.")
    private boolean discard;

    @Override
    public Integer call() throws Exception {
        Path cache = config == null ? HostSettingsReader.embeddedDefault(ServeCommand.home()).cacheDirectory()
                : HostSettingsReader.read(config, System::getenv).cacheDirectory();
        List<AsideJournal> found = AsideJournal.of(cache, name);
        if (export == null && !discard) {
            found.forEach(this::tell);
            if (found.isEmpty()) {
                out().println("no journal of volume '" + name + "' is set aside in " + cache);
                out().flush();
            }
            return ExitCode.OK.status();
        }
        AsideJournal chosen = chosen(found);
        try {
            if (export != null) {
                export(chosen);
            }
            if (discard) {
                chosen.discard();
                out().println("discarded " + chosen);
            }
        } catch (IOException failed) {
            throw new ControlException(ControlException.Kind.FAILED, failed.getMessage() == null ? failed.toString() : failed.getMessage());
        }
        out().flush();
        return ExitCode.OK.status();
    }

    private AsideJournal chosen(List<AsideJournal> found) throws ControlException {
        List<AsideJournal> matching = number == null ? found : found.stream().filter(one -> one.number() == number).toList();
        if (matching.isEmpty()) {
            throw new ControlException(ControlException.Kind.NOT_FOUND, "there is no such journal of volume '" + name + "'");
        }
        if (matching.size() > 1 || discard && number == null) {
            throw new ControlException(ControlException.Kind.INVALID, "--journal N is needed: one of " + found.stream().map(one -> String.valueOf(one.number())).toList());
        }
        return matching.get(0);
    }

    private void tell(AsideJournal journal) {
        PrintWriter out = out();
        out.println("journal " + journal.number() + "  " + journal);
        out.println("  set aside: " + journal.why());
        try (JournalInspection inspection = journal.inspect()) {
            HistoryPoint lease = inspection.lease();
            JournalExport content = new JournalExport(inspection);
            out.println("  written under " + (lease == null ? "no lease" : "epoch " + lease.epoch() + " of image " + lease.imageId()));
            out.println("  records " + (inspection.trimmedSequence() + 1) + " to " + inspection.lastSequence() + ": " + content.writes() + " writes, "
                    + content.unmaps() + " unmaps; " + Quantity.formatBytes(content.dataBytes()) + " in " + content.extents() + " extents");
            inspection.problems().forEach(problem -> out.println("  damaged: " + problem));
        } catch (IOException unreadable) {
            out.println("  can't be read: " + unreadable.getMessage());
        }
        out.flush();
    }

    private void export(AsideJournal journal) throws IOException, ControlException {
        for (Path file : List.of(export, JournalExport.listOf(export))) {
            if (Files.exists(file)) {
                throw new ControlException(ControlException.Kind.CONFLICT, file + " exists; nothing is overwritten");
            }
        }
        try (JournalInspection inspection = journal.inspect()) {
            JournalExport content = new JournalExport(inspection);
            content.write(export);
            out().println("wrote " + Quantity.formatBytes(content.dataBytes()) + " in " + content.extents() + " extents to " + export + " and " + JournalExport.listOf(export));
            inspection.problems().forEach(problem -> out().println("damaged: " + problem));
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
