package io.dl4jext.batch;

import java.util.Iterator;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** Any iterator of DL4J, as a source of examples. */
final class ExampleSource {

    private final Iterator<?> batches;
    private final Supplier<Examples> next;
    private final BooleanSupplier resetSupported;
    private final Runnable reset;

    /** @param examples takes a batch apart; not asked for null */
    <D> ExampleSource(
            Iterator<D> batches, Function<D, Examples> examples, BooleanSupplier resetSupported, Runnable reset) {
        this.batches = batches;
        this.next = () -> {
            D batch = batches.next();
            return batch == null ? null : examples.apply(batch);
        };
        this.resetSupported = resetSupported;
        this.reset = reset;
    }

    boolean hasNext() {
        return batches.hasNext();
    }

    /** The next batch as the iterator gives it, unchecked; null if the iterator gives null. */
    Examples next() {
        return next.get();
    }

    boolean resetSupported() {
        return resetSupported.getAsBoolean();
    }

    void reset() {
        reset.run();
    }
}
