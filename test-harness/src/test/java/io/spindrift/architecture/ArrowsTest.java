package io.spindrift.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The picture of folders and arrows, held by the build. */
class ArrowsTest {
    private static final String ROOT = "io.spindrift";
    private static final String FIXTURE = "io.spindrift.architecture.fixture";

    /** Every package below the assembly, and the initiator and load generator beside it, which share nothing with what they measure; what assembles (config) and what tests it (harness, simulation) is not in the table. */
    private static final Map<String, Set<String>> ALLOWED = Map.ofEntries(
            Map.entry("block", Set.of()),
            Map.entry("scsi", Set.of("block")),
            Map.entry("iscsi", Set.of("scsi", "block")),
            Map.entry("initiator", Set.of()),
            Map.entry("bench", Set.of("initiator")),
            Map.entry("image", Set.of()),
            Map.entry("wire", Set.of("image")),
            Map.entry("client", Set.of("wire", "image")),
            Map.entry("store", Set.of()),
            Map.entry("engine", Set.of("image", "store")),
            Map.entry("server", Set.of("wire", "image", "engine")),
            Map.entry("journal", Set.of("block", "image")),
            Map.entry("blockcache", Set.of("block", "image")),
            Map.entry("volume", Set.of("journal", "blockcache", "block", "image")));

    private static JavaClasses production() {
        // In a packaged build the other modules' doubles and contracts come in test jars, which the predefined option takes for production.
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages(ROOT);
    }

    private static ArchRule arrows(String root, Map<String, Set<String>> allowed) {
        return classes().should(new Arrows(root, allowed)).allowEmptyShould(true);
    }

    private static ArchRule noCycles(String root) {
        return slices().matching(root + ".(*)..").should().beFreeOfCycles().allowEmptyShould(true);
    }

    @Test
    void productionKeepsToTheArrows() {
        arrows(ROOT, ALLOWED).check(production());
    }

    @Test
    void productionHasNoCycles() {
        noCycles(ROOT).check(production());
    }

    @Test
    void theImportSeesEveryModule() {
        JavaClasses seen = production();
        for (String name : List.of("block.BlockDevice", "image.Image", "journal.Journal", "initiator.InitiatorSession", "bench.BenchRun", "harness.stamp.StampedLoad")) {
            assertTrue(seen.contain(ROOT + '.' + name), name);
        }
        assertFalse(seen.contain(FIXTURE + ".below.KnowsAbove"));
    }

    @Test
    void aWrongArrowIsFound() {
        JavaClasses fixture = new ClassFileImporter().importPackages(FIXTURE);
        Map<String, Set<String>> downwards = Map.of("above", Set.of("below"), "below", Set.of());
        List<String> found = arrows(FIXTURE, downwards).evaluate(fixture).getFailureReport().getDetails();
        assertFalse(found.isEmpty());
        assertEquals(Set.of("no arrow from below to above"),
                found.stream().map(line -> line.substring(0, line.indexOf(':'))).collect(java.util.stream.Collectors.toSet()));
    }

    @Test
    void anArrowOutOfTheTableIsFoundToo() {
        JavaClasses fixture = new ClassFileImporter().importPackages(FIXTURE);
        assertTrue(arrows(FIXTURE, Map.of("above", Set.of())).evaluate(fixture).hasViolation());
        assertFalse(arrows(FIXTURE, Map.of("above", Set.of("below"))).evaluate(fixture).hasViolation());
    }

    @Test
    void aCycleIsFound() {
        assertTrue(noCycles(FIXTURE).evaluate(new ClassFileImporter().importPackages(FIXTURE)).hasViolation());
    }
}
