package io.dl4jext.experiments.sampling;

import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.batch.schedule.BatchSizes;
import io.dl4jext.experiments.command.ScheduleName;
import io.dl4jext.fisher.Beacon;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A way to choose the batch sizes of a training: known beforehand by a name of the paper, or by a controller. */
final class Policy {

    final String name;

    /** Whether the size is constant. */
    final boolean isBeacon;

    final boolean isControlled;

    private final int epochs;
    private final IntUnaryOperator sizes;
    private final Supplier<BatchSizes> begin;

    private Policy(String name, boolean isControlled, int epochs, IntUnaryOperator sizes, Supplier<BatchSizes> begin) {
        this.name = name;
        this.isControlled = isControlled;
        this.isBeacon = !isControlled && sizes(sizes, 0, epochs).size() == 1;
        this.epochs = epochs;
        this.sizes = sizes;
        this.begin = begin;
    }

    /**
     * The schedule of that name.
     *
     * @throws io.dl4jext.experiments.engine.UserError when there is none (the message shows the grammar), or when not
     *     every one of its sizes would be met in so many epochs
     */
    static Policy scheduled(String name, int epochs) {
        BatchSchedule schedule = ScheduleName.complete("--policies", name, epochs);
        return new Policy(name, false, epochs, epoch -> schedule.batchSize(epoch, 0), () -> schedule);
    }

    /**
     * Sizes that a controller chooses while it sees what is measured; it begins with the smallest.
     *
     * @param beacons for the rule that follows them, asked for when a training begins
     */
    static Policy controlled(Rule rule, int least, int most, int epochs, Supplier<List<Beacon>> beacons) {
        return new Policy(
                rule.toString(),
                true,
                epochs,
                epoch -> least,
                () -> rule.controller(beacons.get()).bounds(least, most).build());
    }

    private static Set<Integer> sizes(IntUnaryOperator sizes, int from, int to) {
        return IntStream.range(from, to).map(sizes).boxed().collect(Collectors.toCollection(TreeSet::new));
    }

    /** The sizes of one training, from its beginning. */
    BatchSizes begin() {
        return begin.get();
    }

    /** The size in an epoch; of a controller the smallest. */
    int size(int epoch) {
        return sizes.applyAsInt(epoch);
    }

    /** The largest size of a schedule. */
    int largest() {
        return IntStream.range(0, epochs).map(sizes).max().orElseThrow();
    }
}
