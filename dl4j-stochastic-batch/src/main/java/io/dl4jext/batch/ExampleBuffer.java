package io.dl4jext.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The examples that were drawn from a source and not handed out yet, in order. They leave only by {@link #take}:
 * whatever throws before that, the next attempt goes on with the same examples.
 */
final class ExampleBuffer {

    private final ExampleSource source;
    private final Deque<Slice> slices = new ArrayDeque<>();
    private long count;
    /** Examples and batches drawn since the source began anew. */
    private long drawn;

    private int drawnBatches;

    ExampleBuffer(ExampleSource source) {
        this.source = source;
    }

    long count() {
        return count;
    }

    long drawn() {
        return drawn;
    }

    /** Whether the source has no more either. */
    boolean isAtEnd() {
        return count == 0 && !source.hasNext();
    }

    /** Draws until there are that many examples, or the source ends. */
    void draw(long wanted, int epoch) {
        while (count < wanted && source.hasNext()) {
            String where = "source batch " + drawnBatches + ", from example " + drawn + " on, epoch " + epoch;
            Examples batch;
            // What waits here must not lie in a workspace of the moment.
            try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                batch = source.next();
                if (batch == null) {
                    throw new IllegalStateException("Expected a batch, got null: " + where);
                }
                batch = batch.checked(where);
            }
            slices.addLast(new Slice(batch, 0, batch.count(), where));
            count += batch.count();
            drawn += batch.count();
            drawnBatches++;
        }
    }

    /** The first examples, which stay here. */
    Examples front(long wanted) {
        List<Slice> front = new ArrayList<>();
        long missing = wanted;
        for (Slice slice : slices) {
            if (missing == 0) {
                break;
            }
            long taken = Math.min(missing, slice.count());
            front.add(slice.to(slice.from + taken));
            missing -= taken;
        }
        return Merge.of(front);
    }

    /** The first examples, which leave. */
    List<Slice> take(long wanted) {
        List<Slice> taken = new ArrayList<>();
        long missing = wanted;
        while (missing > 0) {
            Slice slice = slices.removeFirst();
            if (slice.count() > missing) {
                slices.addFirst(slice.from(slice.from + missing));
                slice = slice.to(slice.from + missing);
            }
            taken.add(slice);
            missing -= slice.count();
            count -= slice.count();
        }
        return taken;
    }

    void putFirst(List<Slice> examples) {
        for (int i = examples.size() - 1; i >= 0; i--) {
            slices.addFirst(examples.get(i));
            count += examples.get(i).count();
        }
    }

    /** The source has begun anew; nothing is left here. */
    void begin() {
        slices.clear();
        count = 0;
        drawn = 0;
        drawnBatches = 0;
    }
}
