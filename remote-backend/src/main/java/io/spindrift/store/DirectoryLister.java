package io.spindrift.store;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One page of a listing, in the order of the names' bytes: goes only into folders that can hold a name of the page. A folder sorts as its name with a slash, because so its objects do.
 */
final class DirectoryLister {
    private final Path root;
    private final String prefix;
    private final String startAfter;
    private final int limit;
    private final List<StoredObject> page = new ArrayList<>();

    DirectoryLister(Path root, String prefix, String startAfter, int limit) {
        this.root = root;
        this.prefix = prefix;
        this.startAfter = startAfter;
        this.limit = limit;
    }

    List<StoredObject> list() throws IOException {
        int slash = prefix.lastIndexOf('/');
        folder(slash < 0 ? root : root.resolve(prefix.substring(0, slash)), slash < 0 ? "" : prefix.substring(0, slash + 1));
        return page;
    }

    private void folder(Path folder, String base) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            for (Path entry : stream) {
                String name = base + entry.getFileName();
                if (wanted(name)) {
                    names.add(name);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        sort(names);
        for (int i = 0; i < names.size() && page.size() < limit; i++) {
            add(names.get(i));
        }
    }

    /** Only where a name begins another does it matter whether it is a folder, so only those are looked at. */
    private void sort(List<String> names) {
        Collections.sort(names);
        boolean moved = false;
        for (int i = 0; i + 1 < names.size(); i++) {
            String name = names.get(i);
            if (names.get(i + 1).startsWith(name) && Files.isDirectory(root.resolve(name))) {
                names.set(i, name + "/");
                moved = true;
            }
        }
        if (moved) {
            Collections.sort(names);
        }
    }

    /** Whether the name, or as a folder anything below it, may be on the page. */
    private boolean wanted(String name) {
        boolean inPrefix = name.startsWith(prefix) || prefix.startsWith(name + "/");
        return inPrefix && ((name + "/").compareTo(startAfter) > 0 || startAfter.startsWith(name + "/"));
    }

    private void add(String name) throws IOException {
        Path entry = root.resolve(name);
        try {
            BasicFileAttributes attributes = Files.readAttributes(entry, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                folder(entry, name.endsWith("/") ? name : name + "/");
            } else if (name.startsWith(prefix) && name.compareTo(startAfter) > 0) {
                page.add(new StoredObject(name, attributes.size()));
            }
        } catch (NoSuchFileException e) {
            // Deleted since the folder was read.
            return;
        }
    }
}
