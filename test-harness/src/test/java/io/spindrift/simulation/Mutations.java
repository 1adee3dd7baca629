package io.spindrift.simulation;

import io.spindrift.block.Completion;
import io.spindrift.image.Image;
import io.spindrift.image.ImageCatalog;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.RunPage;
import io.spindrift.journal.Journal;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Products with one safeguard taken out: the simulation has to notice each. */
final class Mutations {
    private Mutations() {}

    /** Recovery finds nothing in the journal. */
    static Journal withoutReplay(Journal journal) {
        long recovered = journal.lastSequence();
        return proxy(Journal.class, (proxy, method, arguments) -> {
            // Once something new was appended, it is the destage that asks.
            if (method.getName().equals("replay") && journal.lastSequence() == recovered) {
                return null;
            }
            return call(journal, method, arguments);
        });
    }

    /** SYNCHRONIZE CACHE is answered without a sync. */
    static Journal withoutSync(Journal journal) {
        return proxy(Journal.class, (proxy, method, arguments) -> {
            if (method.getName().equals("sync")) {
                ((Completion) arguments[0]).done();
                return null;
            }
            return call(journal, method, arguments);
        });
    }

    /** Yesterday's cache is believed: nothing has changed since. */
    static ImageCatalog withoutVouching(ImageCatalog catalog) {
        return proxy(ImageCatalog.class, (proxy, method, arguments) -> {
            Object result = call(catalog, method, arguments);
            if (!method.getName().equals("attach")) {
                return result;
            }
            @SuppressWarnings("unchecked")
            CompletableFuture<LeasedImage> attached = (CompletableFuture<LeasedImage>) result;
            return attached.thenApply(Mutations::unchanged);
        });
    }

    private static LeasedImage unchanged(LeasedImage image) {
        return proxy(LeasedImage.class, (proxy, method, arguments) -> method.getName().equals("changedSince")
                ? CompletableFuture.completedFuture(new RunPage(List.of(), SimulatedHost.SIZE_BYTES / Image.BLOCK_BYTES))
                : call(image, method, arguments));
    }

    private static Object call(Object target, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
