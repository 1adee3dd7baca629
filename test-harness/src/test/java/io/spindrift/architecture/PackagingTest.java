package io.spindrift.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is shipped, and how it is started. */
class PackagingTest {
    private static final Path ROOT = root();
    private static final Set<String> OWN = Set.of("iscsi-target", "remote-backend", "cache-tier");

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("iscsi-target")) ? here : here.getParent();
    }

    private static List<String> between(String text, String from, String to) {
        int begin = text.indexOf(from) + from.length();
        assertTrue(begin >= from.length(), from);
        return List.of(text.substring(begin, text.indexOf(to, begin)).trim().split("\\s+"));
    }

    private static List<PathMatcher> namedJars(String thirdParty) {
        List<PathMatcher> named = new ArrayList<>();
        Matcher pattern = Pattern.compile("`([A-Za-z0-9.-]+\\*)`").matcher(thirdParty);
        while (pattern.find()) {
            named.add(FileSystems.getDefault().getPathMatcher("glob:" + pattern.group(1)));
        }
        return named;
    }

    private static Set<String> unnamed(List<Path> jars, List<PathMatcher> named) {
        Set<String> left = new TreeSet<>();
        for (Path jar : jars) {
            if (named.stream().noneMatch(name -> name.matches(jar))) {
                left.add(jar.toString());
            }
        }
        return left;
    }

    @Test
    void theLauncherStartsTheJvmAsTheTestsDo() throws IOException {
        String launcher = Files.readString(ROOT.resolve("spindrift"));
        String pom = Files.readString(ROOT.resolve("pom.xml"));
        assertEquals(between(pom, "<spindrift.jvm.opens>", "</"), between(launcher, "\nopens='", "'"));
        assertEquals(between(pom, "<spindrift.jvm.newest>", "</"), between(launcher, "\nnewest='", "'"));
    }

    @Test
    void everyShippedJarIsNamedWithItsLicence() throws IOException {
        Path lib = ROOT.resolve("config/target/dist/lib");
        assumeTrue(Files.exists(lib), "nothing is packaged; mvn verify packages before this test");
        List<Path> jars;
        try (Stream<Path> all = Files.list(lib)) {
            jars = all.map(Path::getFileName).filter(jar -> OWN.stream().noneMatch(own -> jar.toString().startsWith(own + "-"))).sorted().toList();
        }
        assertTrue(jars.size() > 40, "only " + jars.size() + " jars");
        assertEquals(Set.of(), unnamed(jars, namedJars(Files.readString(ROOT.resolve("THIRD-PARTY.md")))));
    }

    @Test
    void aJarThatIsNotNamedIsFound() {
        List<PathMatcher> named = namedJars("| Netty | `netty-*` | Apache-2.0 |");
        assertFalse(named.isEmpty());
        assertEquals(Set.of("guava-33.jar"), unnamed(List.of(Path.of("netty-common-4.jar"), Path.of("guava-33.jar")), named));
    }
}
