package io.spindrift.fuzz;

import io.netty.util.collection.LongObjectHashMap;
import io.spindrift.iscsi.IscsiServer;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tells whether the target did something that it has not done before: branches of its code, where the JVM runs with JaCoCo's agent, and
 * kinds of answers and log lines always. What did is worth keeping. One for each run.
 */
final class Novelty {
    private final LongObjectHashMap<Boolean> seen = new LongObjectHashMap<>();
    private final List<boolean[]> probes = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private int covered;
    private boolean found;

    Novelty() {
        try {
            Path classes = Path.of(IscsiServer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            if (Files.isDirectory(classes)) {
                try (Stream<Path> all = Files.walk(classes)) {
                    for (Path each : all.filter(path -> path.toString().endsWith(".class")).sorted().toList()) {
                        watch(classes.relativize(each).toString().replace('/', '.').replaceAll("\\.class$", ""));
                    }
                }
            }
        } catch (IOException | URISyntaxException | ReflectiveOperationException e) {
            throw new IllegalStateException("the classes under test can't be looked at", e);
        }
    }

    /** An instrumented class has a method that answers its probes: one boolean for each branch, set when it was taken. */
    private void watch(String name) throws ReflectiveOperationException {
        if (name.endsWith("package-info")) {
            return;
        }
        for (Method method : Class.forName(name).getDeclaredMethods()) {
            if (method.getName().equals("$jacocoInit")) {
                method.setAccessible(true);
                Object answer = method.getParameterCount() == 0 ? method.invoke(null)
                    : method.invoke(null, MethodHandles.lookup(), name, boolean[].class);
                probes.add((boolean[]) answer);
                names.add(name);
            }
        }
    }

    /** Whether branches are looked at. */
    boolean seesBranches() {
        return !probes.isEmpty();
    }

    /** By class, how many of its branches were taken: what the fuzzer does not reach. */
    List<String> coverage() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < probes.size(); i++) {
            int taken = 0;
            for (boolean probe : probes.get(i)) {
                taken += probe ? 1 : 0;
            }
            lines.add(String.format("%4d of %4d  %s", taken, probes.get(i).length, names.get(i)));
        }
        return lines;
    }

    int kinds() {
        return seen.size();
    }

    int covered() {
        return covered;
    }

    void note(int kind, int first, int second) {
        long key = ((kind * 0x9e3779b97f4a7c15L) ^ first) * 0xff51afd7ed558ccdL ^ second * 0xc4ceb9fe1a85ec53L;
        found |= seen.put(key, Boolean.TRUE) == null;
    }

    /** A number for a piece of text, whatever its digits. */
    static int kind(CharSequence text, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            char letter = text.charAt(i);
            hash = Character.isDigit(letter) ? hash : hash * 31 + letter;
        }
        return hash;
    }

    /** Whether there was something new since the last call. */
    boolean take() {
        int now = 0;
        for (boolean[] ofClass : probes) {
            for (boolean probe : ofClass) {
                now += probe ? 1 : 0;
            }
        }
        boolean fresh = found || now > covered;
        covered = now;
        found = false;
        return fresh;
    }
}
