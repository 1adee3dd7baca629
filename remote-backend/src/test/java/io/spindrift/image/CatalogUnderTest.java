package io.spindrift.image;

import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * One implementation of the image seam, set up for the contract tests. Made for each test and closed after it.
 */
public interface CatalogUnderTest extends AutoCloseable {
    /** The catalog of {@code user}, which is {@code alice} or {@code bob}; the same images at every call. */
    ImageCatalog catalog(String user) throws Exception;

    /** The executor to attach with. */
    EventExecutor home();

    /** Lets time pass until a lease whose holder stays silent is DIRTY. */
    void passLeaseTime() throws Exception;

    @Override
    void close() throws Exception;

    /** Waits for a future; a simulated implementation turns its own wheels here. */
    default <T> T await(CompletableFuture<T> future) throws ImageException {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof ImageException expected) {
                throw expected;
            }
            throw new AssertionError("futures of the seam fail with ImageException only", failed.getCause());
        } catch (InterruptedException | TimeoutException late) {
            throw new AssertionError(late);
        }
    }

    /** Calls an image on its home executor and waits. */
    default <T> T call(Supplier<CompletableFuture<T>> call) throws ImageException {
        CompletableFuture<T> result = new CompletableFuture<>();
        home().execute(() -> {
            try {
                call.get().whenComplete((value, failure) -> {
                    if (!home().inEventLoop()) {
                        result.completeExceptionally(new AssertionError("an image's futures complete on its home executor"));
                    } else if (failure != null) {
                        result.completeExceptionally(failure);
                    } else {
                        result.complete(value);
                    }
                });
            } catch (Throwable thrown) {
                result.completeExceptionally(new AssertionError("a call of the seam throws nothing", thrown));
            }
        });
        return await(result);
    }

    /** Calls one after the other without waiting between them, then waits for all. */
    default <T> List<T> callAll(List<Supplier<CompletableFuture<T>>> calls) throws ImageException {
        List<CompletableFuture<T>> results = new java.util.ArrayList<>();
        call(() -> {
            calls.forEach(one -> results.add(one.get()));
            return CompletableFuture.completedFuture(null);
        });
        List<T> values = new java.util.ArrayList<>();
        for (CompletableFuture<T> one : results) {
            values.add(await(one));
        }
        return values;
    }
}
